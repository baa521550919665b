import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type AlarmView, type EndpointView, isEndpointMissing } from './endpoint-view';

/** The endpoint as it is now. @returns undefined when there is none. */
export async function readEndpoint(client: SageMakerClient, name: string): Promise<EndpointView | undefined> {
  try {
    const answer = await client.send(new DescribeEndpointCommand({ EndpointName: name }));
    return {
      status: answer.EndpointStatus ?? 'unknown',
      config: answer.EndpointConfigName ?? '',
      pendingConfig: answer.PendingDeploymentSummary?.EndpointConfigName,
      failureReason: answer.FailureReason,
    };
  } catch (error) {
    if (error instanceof Error && isEndpointMissing(error.message)) return undefined;
    throw error;
  }
}

/** The alarms of these names; those that don't exist are left out. */
export async function readAlarms(client: CloudWatchClient, names: readonly string[]): Promise<AlarmView[]> {
  if (names.length === 0) return [];
  const answer = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...names] }));
  return (answer.MetricAlarms ?? []).map((alarm) => ({
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? 'no reason given',
  }));
}
