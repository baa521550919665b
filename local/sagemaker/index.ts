import type { ServiceRequest, ServiceResponse } from '../runtime/services';
import { Context } from './context';
import { endpointOperations } from './control-plane/endpoint';
import { endpointConfigOperations } from './control-plane/endpoint-config';
import { modelOperations } from './control-plane/model';
import { processingJobOperations } from './control-plane/processing-job';
import { tagOperations } from './control-plane/tags';
import { trainingJobOperations } from './control-plane/training-job';
import { EndpointManager } from './endpoints/endpoint-manager';
import type { ProcessingRun } from './jobs/processing-run';
import { Runs } from './jobs/runs';
import type { TrainingRun } from './jobs/training-run';
import { MetricRecorder } from './metrics/recorder';
import { sampleUtilisation } from './metrics/utilisation-sampler';
import type { SageMakerServiceOptions } from './options';
import { JsonProtocol } from './protocol/json-protocol';
import { restore } from './restore';
import { EndpointInvoker } from './runtime/invoke-endpoint';

export type { ImageCommands, ImageManifest, Isolation, SageMakerServiceOptions } from './options';

const CLOSE_GRACE_MS = 3000;

/** SageMaker on the laptop: control plane, runtime, jobs and endpoints. */
export interface SageMakerService {
  /** The answer, undefined when the request is for another service. Never rejects. */
  handle(request: ServiceRequest): Promise<ServiceResponse | undefined>;
  /** Ids of all processes that run now; each leads a process group. */
  processIds(): number[];
  /**
   * Takes the Spot capacity of a training job away, as AWS may at any time: it starts again from its checkpoints.
   *
   * @throws Error when no such job runs
   */
  interruptSpot(trainingJobName: string): void;
  /** Writes what was captured and measured, and ends every process (SIGTERM, and SIGKILL after three seconds). */
  close(): Promise<void>;
}

/** Makes the service; nothing runs until something is asked for (or restored). */
export function createSageMakerService(options: SageMakerServiceOptions): SageMakerService {
  const context = new Context(options);
  const trainingRuns = new Runs<TrainingRun>();
  const processingRuns = new Runs<ProcessingRun>();
  const endpoints = new EndpointManager(context);
  const recorder = new MetricRecorder(options.metrics, options.logger);
  const invoker = new EndpointInvoker(context, endpoints, recorder);
  const protocol = new JsonProtocol(
    {
      ...trainingJobOperations(context, trainingRuns),
      ...processingJobOperations(context, processingRuns),
      ...modelOperations(context),
      ...endpointConfigOperations(context),
      ...endpointOperations(context, endpoints),
      ...tagOperations(context),
    },
    options.logger,
  );
  const sampler = sampleUtilisation(options.clock, endpoints, recorder);
  restore(context, endpoints);
  return {
    handle: async (request) => (await protocol.handle(request)) ?? invoker.handle(request),
    processIds: () => context.processes.ids(),
    interruptSpot(name) {
      const run = trainingRuns.get(name);
      if (run === undefined) {
        throw new Error(`No training job "${name}" runs`);
      }
      run.interrupt();
    },
    async close() {
      sampler.stop();
      context.closing.abort(new Error('The laptop runtime is shutting down'));
      await endpoints.flush();
      await context.processes.close(CLOSE_GRACE_MS);
      await Promise.all([
        recorder.flush(),
        trainingRuns.settled(),
        processingRuns.settled(),
        endpoints.settled(),
      ]);
      await context.flushLogs();
    },
  };
}
