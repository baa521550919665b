import type { DeploymentStatus, RunStatus } from '../registry/entities';
import { failureInWords, type StateError } from './failure';

/** What the pipeline knows when a run ends. */
export interface RunState {
  readonly verdict?: { readonly accepted: boolean; readonly reasons: readonly string[] };
  readonly registered?: { readonly version: number };
  readonly deployed?: { readonly status: DeploymentStatus; readonly reasons: readonly string[] };
  /** The error of the step that failed. */
  readonly error?: StateError;
  /** The deployment did not answer but failed itself; the model version stays registered. */
  readonly deploymentError?: StateError;
}

export interface Outcome {
  readonly status: Exclude<RunStatus, 'RUNNING'>;
  readonly deployment?: DeploymentStatus | 'rejected';
  readonly modelVersion?: number;
  readonly failure?: string;
  readonly reasons: readonly string[];
}

/** How a run ended, with the reasons. */
export function outcomeOf(state: RunState): Outcome {
  const modelVersion = state.registered === undefined ? {} : { modelVersion: state.registered.version };
  const judged = state.verdict?.reasons ?? [];
  if (state.error !== undefined) {
    const failure = failureInWords(state.error);
    return { status: 'FAILED', ...modelVersion, failure, reasons: [...judged, failure] };
  }
  if (state.verdict?.accepted === false) {
    return { status: 'REJECTED', deployment: 'rejected', reasons: judged };
  }
  if (state.deploymentError !== undefined) {
    const failure = `the deployment failed: ${failureInWords(state.deploymentError)}`;
    return {
      status: 'FINISHED',
      deployment: 'failed',
      ...modelVersion,
      failure,
      reasons: [...judged, failure],
    };
  }
  const deployed = state.deployed;
  return {
    status: 'FINISHED',
    ...modelVersion,
    ...(deployed === undefined ? {} : { deployment: deployed.status }),
    reasons: [...judged, ...(deployed?.reasons ?? [])],
  };
}
