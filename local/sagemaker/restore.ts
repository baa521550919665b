import type { Context } from './context';
import type { EndpointManager } from './endpoints/endpoint-manager';

const INTERRUPTED = 'InternalServerError: The laptop runtime ended while this was in progress.';

/**
 * Takes up what an earlier run of the runtime left: jobs that ran have failed, endpoints that served are started
 * again with the configuration that was live, deletions are finished.
 */
export function restore(context: Context, manager: EndpointManager): void {
  const { trainingJobs, processingJobs, endpoints } = context.registry;
  const at = context.now();
  for (const job of trainingJobs.all().filter((one) => isRunning(one.TrainingJobStatus))) {
    trainingJobs.put(job.TrainingJobName, {
      ...job,
      TrainingJobStatus: 'Failed',
      SecondaryStatus: 'Failed',
      FailureReason: INTERRUPTED,
      TrainingEndTime: at,
      LastModifiedTime: at,
    });
  }
  for (const job of processingJobs.all().filter((one) => isRunning(one.ProcessingJobStatus))) {
    processingJobs.put(job.ProcessingJobName, {
      ...job,
      ProcessingJobStatus: 'Failed',
      FailureReason: INTERRUPTED,
      ProcessingEndTime: at,
      LastModifiedTime: at,
    });
  }
  for (const { EndpointName, EndpointStatus, EndpointConfigName } of endpoints.all()) {
    const config = context.registry.endpointConfigs.get(EndpointConfigName);
    if (EndpointStatus === 'Deleting') {
      manager.delete(EndpointName);
    } else if (config === undefined) {
      manager.store.change(EndpointName, {
        EndpointStatus: 'Failed',
        FailureReason: `Could not find endpoint configuration "${EndpointConfigName}".`,
        PendingDeploymentSummary: undefined,
      });
    } else if (EndpointStatus !== 'Failed') {
      manager.restart(EndpointName, config, EndpointStatus === 'Updating' ? INTERRUPTED : undefined);
    }
  }
}

function isRunning(status: string): boolean {
  return status === 'InProgress' || status === 'Stopping';
}
