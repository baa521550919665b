/** What there is to know about an endpoint, from DescribeEndpoint. */
export interface EndpointView {
  /** SageMaker's EndpointStatus. */
  readonly status: string;
  /** Name of the configuration that serves now. */
  readonly config: string;
  /** Name of the configuration that is on its way, while there is one. */
  readonly pendingConfig?: string;
  /** May be empty although an update failed. */
  readonly failureReason?: string;
}

/** A rollback alarm as CloudWatch tells it. */
export interface AlarmView {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Why it is in this state, in CloudWatch's words. */
  readonly reason: string;
}

/** SageMaker's answer when there is no endpoint of the name: a ValidationException that only its text tells apart. */
export function isEndpointMissing(message: string): boolean {
  return message.includes('Could not find endpoint');
}

/** Statuses in which the endpoint takes neither an update nor a deletion. */
const BUSY = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);

export function isBusy(status: string): boolean {
  return BUSY.has(status);
}
