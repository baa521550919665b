import {
  causeOr,
  choice,
  identity,
  jsonata,
  lambdaTask,
  POLL_SECONDS,
  type State,
  sageMakerTask,
} from './definition-states';
import type { DeploymentDefinitionOptions } from './deployment-definition-options';

/** Looks at the endpoint until the deployment is over. @internal */
export function watchStates(options: DeploymentDefinitionOptions): Record<string, State> {
  return {
    WaitForEndpoint: {
      Type: 'Wait',
      Seconds: POLL_SECONDS,
      Assign: { failure: {} },
      Next: 'DescribeEndpoint',
    },
    DescribeEndpoint: {
      ...sageMakerTask({
        comment: 'What is live and what is on its way',
        partition: options.partition,
        action: 'describeEndpoint',
        arguments: { EndpointName: options.endpointName },
        assign: {
          endpoint: jsonata(
            `{'status': $states.result.EndpointStatus, 'config': $states.result.EndpointConfigName, 'failureReason': $states.result.FailureReason, 'pendingConfig': $states.result.PendingDeploymentSummary.EndpointConfigName}`,
          ),
        },
        next: 'CheckDeployment',
        onError: 'FinishDeployment',
      }),
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { endpoint: { error: causeOr('$states.errorOutput.Error') } },
          Next: 'CheckDeployment',
        },
      ],
    },
    CheckDeployment: lambdaTask({
      comment: 'InService alone is no success: the name of the live configuration decides',
      partition: options.partition,
      functionArn: options.checkFunctionArn,
      payload: {
        ...identity(),
        plan: jsonata('$plan'),
        endpoint: jsonata('$endpoint'),
        previous: jsonata('$check'),
      },
      assign: { check: jsonata('$states.result.Payload') },
      step: 'checkDeployment',
      next: 'Settled',
      onError: 'FinishDeployment',
    }),
    Settled: choice(
      [
        [`$check.status = 'pending'`, 'WaitForEndpoint'],
        [`$check.deleteEndpoint`, 'DeleteUnbornEndpoint'],
      ],
      'FinishDeployment',
    ),
    DeleteUnbornEndpoint: sageMakerTask({
      comment: 'A first endpoint that never served would block the next creation',
      partition: options.partition,
      action: 'deleteEndpoint',
      arguments: { EndpointName: options.endpointName },
      next: 'FinishDeployment',
      onError: 'FinishDeployment',
    }),
  };
}
