import type { DeploymentStatus } from '../registry/entities';

/** What the state machine knows at the end of a deployment; which parts there are depends on how far it came. */
export interface DeploymentEnd {
  readonly plan?: { readonly outcome?: string; readonly reasons?: readonly string[] };
  readonly check?: { readonly status?: string; readonly reasons?: readonly string[] };
  readonly failure?: { readonly step?: string; readonly error?: string; readonly cause?: string };
}

export interface DeploymentOutcome {
  readonly status: DeploymentStatus;
  readonly reasons: readonly string[];
}

/** How a deployment ended. What was seen at the endpoint counts first, then what was caught, then the plan. */
export function deploymentOutcome(end: DeploymentEnd): DeploymentOutcome {
  const { check, plan, failure } = end;
  const caught = failure?.step === undefined ? [] : [inWords(failure)];
  if (check?.status === 'live' || check?.status === 'rolled-back' || check?.status === 'failed') {
    return { status: check.status, reasons: [...(check.reasons ?? []), ...caught] };
  }
  if (caught.length > 0) return { status: 'failed', reasons: caught };
  if (plan?.outcome === 'refused') return { status: 'failed', reasons: plan.reasons ?? [] };
  return { status: 'failed', reasons: ['The deployment ended before its outcome was known.'] };
}

function inWords(failure: { step?: string; error?: string; cause?: string }): string {
  const message = messageOf(failure.cause ?? '');
  const error = failure.error ?? 'unknown error';
  return `${failure.step} failed: ${message === '' ? error : `${error}: ${message}`}`;
}

/** A Lambda's cause is JSON with the message in it; SageMaker's is the message. */
function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message = (parsed as { errorMessage?: unknown } | null)?.errorMessage;
    return typeof message === 'string' ? message : cause;
  } catch {
    return cause;
  }
}
