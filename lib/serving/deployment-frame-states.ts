import { choice, identity, jsonata, lambdaTask, type State, sageMakerTask } from './definition-states';
import type { DeploymentDefinitionOptions } from './deployment-definition-options';

/** Waits for the turn and finds out what has to be done. @internal */
export function planStates(options: DeploymentDefinitionOptions): Record<string, State> {
  return {
    PlanDeployment: lambdaTask({
      comment: 'Takes the lease and looks at the endpoint: what has to be done, or wait, or refuse',
      partition: options.partition,
      functionArn: options.planFunctionArn,
      payload: { ...identity(), previous: jsonata('$plan') },
      assign: { plan: jsonata('$states.result.Payload') },
      step: 'planDeployment',
      next: 'WhatToDo',
      onError: 'FinishDeployment',
    }),
    WhatToDo: choice(
      [
        [`$plan.outcome = 'wait'`, 'WaitForTurn'],
        [`$plan.outcome = 'adopt'`, 'WaitForEndpoint'],
        [`$plan.outcome = 'replace'`, 'DeleteFailedEndpoint'],
        [`$plan.outcome in ['create', 'update']`, 'CreateModel'],
      ],
      'FinishDeployment',
    ),
    WaitForTurn: { Type: 'Wait', Seconds: jsonata('$plan.waitSeconds'), Next: 'PlanDeployment' },
    DeleteFailedEndpoint: sageMakerTask({
      comment: 'A failed endpoint takes no other request; the next plan waits until it is gone',
      partition: options.partition,
      action: 'deleteEndpoint',
      arguments: { EndpointName: options.endpointName },
      next: 'WaitForTurn',
      onError: 'Refused',
    }),
  };
}

/** Records how it ended. @internal */
export function finishStates(options: DeploymentDefinitionOptions): Record<string, State> {
  const { Next: _next, ...finish } = lambdaTask({
    comment: 'Moves the alias if the version is live, records the outcome, frees the lease, cleans up',
    partition: options.partition,
    functionArn: options.finishFunctionArn,
    payload: {
      ...identity(),
      plan: jsonata('$plan'),
      check: jsonata('$check'),
      failure: jsonata('$failure'),
    },
    step: 'finishDeployment',
    next: '',
    onError: 'OutcomeNotRecorded',
  });
  return {
    FinishDeployment: { ...finish, Output: jsonata('$states.result.Payload'), End: true },
    OutcomeNotRecorded: {
      Type: 'Fail',
      Comment: 'The lease ends by itself',
      Error: 'OutcomeNotRecorded',
      Cause: jsonata(`$failure.error & ': ' & $failure.cause`),
    },
  };
}
