import type { State } from './definition-states';
import { createStates } from './deployment-create-states';
import type { DeploymentDefinitionOptions } from './deployment-definition-options';
import { finishStates, planStates } from './deployment-frame-states';
import { watchStates } from './deployment-watch-states';

/**
 * The deployment state machine. Input: `{model, version, trigger, reasons, runId?}`. Output:
 * `{status, deploymentId, endpointConfigName, reasons}`; the execution succeeds whatever the status, unless even
 * the outcome could not be recorded.
 *
 * Variables: `plan` (what plan-deployment answered), `check` (what check-deployment answered), `failure` (what was
 * caught). Only FinishDeployment ends a deployment, and every failure leads there, so that the lease is freed.
 *
 * @internal
 */
export function deploymentDefinition(options: DeploymentDefinitionOptions): State {
  return {
    Comment: `Makes a version of model ${options.modelName} live, or says why not.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass',
        Assign: { plan: {}, check: { alarmsSeen: [] }, failure: {} },
        Next: 'PlanDeployment',
      },
      ...planStates(options),
      ...createStates(options),
      ...watchStates(options),
      ...finishStates(options),
    },
  };
}
