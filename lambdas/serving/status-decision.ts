import type { AlarmView, EndpointView } from './endpoint-view';
import { isEndpointMissing } from './endpoint-view';

export interface StatusFacts {
  readonly now: Date;
  /** When to stop waiting for the endpoint. */
  readonly deadline: Date;
  /** Name of the configuration that this deployment makes live. */
  readonly endpointConfigName: string;
  /** Whether the endpoint has never served before. */
  readonly creating: boolean;
  /** The endpoint, or the text of the error that came instead of it. */
  readonly endpoint: EndpointView | { readonly error: string };
  readonly alarms: readonly AlarmView[];
  /** What was said before about alarms that fired while this deployment ran. */
  readonly alarmsSeen: readonly string[];
}

export interface StatusDecision {
  readonly status: 'pending' | 'live' | 'rolled-back' | 'failed';
  readonly reasons: readonly string[];
  /** Alarms seen in ALARM so far, in words: they may have recovered when the rollback is over. */
  readonly alarmsSeen: readonly string[];
  /** Whether the endpoint should be deleted because it never served. */
  readonly deleteEndpoint: boolean;
}

/** Decides from one look at the endpoint whether a deployment is over and how it ended. */
export function decideStatus(facts: StatusFacts): StatusDecision {
  const alarmsSeen = rememberAlarms(facts.alarmsSeen, facts.alarms);
  const decide = (
    status: StatusDecision['status'],
    reasons: readonly string[],
    deleteEndpoint = false,
  ): StatusDecision => ({ status, reasons, alarmsSeen, deleteEndpoint });
  const pending = (reason: string): StatusDecision =>
    facts.now.getTime() >= facts.deadline.getTime()
      ? decide('failed', [`Not finished by ${facts.deadline.toISOString()}: ${reason}.`, ...alarmsSeen])
      : decide('pending', [reason]);

  const { endpoint } = facts;
  if ('error' in endpoint) {
    return isEndpointMissing(endpoint.error)
      ? decide('failed', ['The endpoint is gone: something else deleted it.'])
      : pending(`the endpoint could not be described (${endpoint.error})`);
  }
  const why = becauseOf(endpoint, alarmsSeen);
  switch (endpoint.status) {
    case 'InService':
      if (endpoint.pendingConfig !== undefined) return pending(`the endpoint is about to change`);
      return endpoint.config === facts.endpointConfigName
        ? decide('live', [`The endpoint serves configuration ${endpoint.config}.`])
        : decide('rolled-back', [`The endpoint went back to configuration ${endpoint.config}.`, ...why]);
    case 'Failed':
      return decide('failed', [`The endpoint has failed.`, ...why], facts.creating);
    case 'UpdateRollbackFailed':
      return decide('failed', ['Rolling back failed: old and new instances serve side by side.', ...why]);
    case 'OutOfService':
      return decide('failed', ['The endpoint is out of service.', ...why]);
    case 'Deleting':
      return decide('failed', ['The endpoint is being deleted by something else.']);
    default:
      return pending(`the endpoint is ${endpoint.status}`);
  }
}

function becauseOf(endpoint: EndpointView, alarmsSeen: readonly string[]): string[] {
  const given = endpoint.failureReason ?? '';
  const reasons = [...alarmsSeen, ...(given === '' ? [] : [`SageMaker says: ${given}`])];
  return reasons.length > 0
    ? reasons
    : ['SageMaker gave no reason, and no rollback alarm was seen in ALARM.'];
}

function rememberAlarms(seen: readonly string[], alarms: readonly AlarmView[]): string[] {
  const known = [...seen];
  for (const alarm of alarms) {
    if (alarm.state !== 'ALARM') continue;
    const begin = `Alarm "${alarm.name}" fired`;
    if (!known.some((line) => line.startsWith(begin))) known.push(`${begin}: ${alarm.reason}`);
  }
  return known;
}
