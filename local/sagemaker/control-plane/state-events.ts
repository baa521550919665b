import type { BusEvent } from '../../runtime/services';
import type { Tag } from '../state/records';

/** The kinds of resources whose changes SageMaker announces on the default bus. */
export type ChangeKind = 'Training Job' | 'Processing Job' | 'Endpoint' | 'Endpoint Deployment';

/**
 * The EventBridge event for a change: the answer of Describe with times in milliseconds and tags as a map. Endpoint
 * statuses are in upper snake case, those of jobs as in the API.
 */
export function stateChangeEvent(
  kind: ChangeKind,
  arn: string,
  described: object,
  tags: readonly Tag[],
): BusEvent {
  const detail = {
    ...(inMilliseconds(described) as Record<string, unknown>),
    Tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
  } as Record<string, unknown>;
  if (typeof detail.EndpointStatus === 'string') {
    detail.EndpointStatus = upperSnake(detail.EndpointStatus);
  }
  return {
    source: 'aws.sagemaker',
    detailType: `SageMaker ${kind} State Change`,
    resources: [arn],
    detail,
  };
}

/** `InService` becomes `IN_SERVICE`. */
export function upperSnake(status: string): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

function inMilliseconds(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inMilliseconds);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'number' && /(?:Time|Timestamp)$/.test(name)
        ? Math.round(item * 1000)
        : inMilliseconds(item),
    ]),
  );
}
