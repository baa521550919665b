import { join } from 'node:path';
import type { Context } from '../context';
import type { Child, Exit } from '../processes/child';
import { CONTAINER_ROOT, hostPath } from '../processes/container-paths';
import type { TrainingJob } from '../state/records';
import { Checkpoints } from './checkpoints';
import { downloadSource } from './download';
import { algorithmError, clientError } from './failure-text';
import { JobFolder, makeFolderOf } from './job-folder';
import { MetricCollector } from './metric-collector';
import { uploadTrainingArtifacts } from './training-artifacts';
import { startTraining, trainingCommand } from './training-container';
import { advance, isEnd, type TrainingStep } from './training-status';

const FOLDERS = [
  'input/config',
  'input/data',
  'model',
  'output/data',
  'output/intermediate',
  'checkpoints',
  'code',
];
const CHECKPOINT_SYNC_MS = 30_000;

type Ending = 'exited' | 'stopped' | 'out of time' | 'out of waiting time' | 'interrupted';

/** One training job from Starting to its end. Runtime limits and grace count real seconds, timestamps are virtual. */
export class TrainingRun {
  private readonly folder: JobFolder;
  private readonly metrics: MetricCollector;
  private readonly beganMs = performance.now();
  private child?: Child;
  private ending?: Ending;
  private computeMs = 0;
  private checkpoints?: Checkpoints;

  constructor(
    private readonly context: Context,
    private readonly name: string,
  ) {
    this.folder = new JobFolder(join(context.options.workDir, 'training-jobs', name));
    this.metrics = new MetricCollector(this.job.AlgorithmSpecification?.MetricDefinitions ?? [], () =>
      context.now(),
    );
  }

  /** Runs the job; every failure ends in its record, so that this never rejects. */
  async run(): Promise<void> {
    try {
      trainingCommand(this.context, this.job);
      await this.folder.create(FOLDERS);
      await makeFolderOf(this.context.logFile('TrainingJobs', this.name));
      let exit = await this.attempt();
      while (this.ending === 'interrupted' && exit !== undefined) {
        exit = await this.afterInterruption();
      }
      await this.finish(exit);
    } catch (error) {
      const reason = (error as Error).message;
      if (isEnd(this.job.SecondaryStatus)) {
        this.context.options.logger.error(`Training job ${this.name}: ${reason}`);
      } else {
        this.step('Failed', { FailureReason: clientError(reason), ...this.times() });
      }
    }
  }

  /** Asks the container to stop; artefacts that it leaves are kept. */
  stop(): void {
    this.step('Stopping');
    this.endWith('stopped');
  }

  /** Takes the Spot capacity away: the job starts again from its checkpoints. */
  interrupt(): void {
    this.endWith('interrupted');
  }

  private get job(): TrainingJob {
    return this.context.registry.trainingJobs.get(this.name)!;
  }

  private async attempt(): Promise<Exit | undefined> {
    this.step('Downloading');
    await this.download();
    if (this.ending !== undefined) {
      return undefined;
    }
    return this.train();
  }

  private async afterInterruption(): Promise<Exit | undefined> {
    this.step('Interrupted');
    await this.checkpoints?.sync();
    const { MaxWaitTimeInSeconds } = this.job.StoppingCondition ?? {};
    if (
      MaxWaitTimeInSeconds !== undefined &&
      performance.now() - this.beganMs > MaxWaitTimeInSeconds * 1000
    ) {
      this.ending = 'out of waiting time';
      return undefined;
    }
    this.ending = undefined;
    this.step('Starting');
    await this.folder.create(FOLDERS);
    return this.attempt();
  }

  private async download(): Promise<void> {
    const { objects } = this.context;
    for (const { ChannelName, DataSource } of this.job.InputDataConfig ?? []) {
      try {
        await downloadSource(objects, DataSource.S3DataSource, this.folder.path('input/data', ChannelName));
      } catch (error) {
        throw new Error(`Data download failed: ${(error as Error).message} (channel "${ChannelName}")`);
      }
    }
    const { CheckpointConfig } = this.job;
    if (CheckpointConfig !== undefined) {
      const local = CheckpointConfig.LocalPath ?? `${CONTAINER_ROOT}/checkpoints`;
      this.checkpoints = new Checkpoints(objects, hostPath(local, this.folder.root), CheckpointConfig.S3Uri);
      await this.checkpoints.restore();
    }
  }

  private async train(): Promise<Exit> {
    const { StoppingCondition } = this.job;
    const startedMs = performance.now();
    this.step(
      'Training',
      this.job.TrainingStartTime === undefined ? { TrainingStartTime: this.context.now() } : {},
    );
    const log = this.context.logStream('TrainingJobs', `${this.name}/algo-1`);
    const child = await startTraining(this.context, this.job, this.folder, (line) => {
      this.metrics.read(line);
      log(line);
    });
    this.child = child;
    if (this.ending !== undefined) {
      void child.terminate(this.context.stopGraceMs);
    }
    const limitMs = (StoppingCondition?.MaxRuntimeInSeconds ?? 86_400) * 1000 - this.computeMs;
    const timer = setTimeout(() => this.endWith('out of time'), Math.min(limitMs, 2 ** 31 - 1));
    const sync = setInterval(() => void this.checkpoints?.sync().catch(() => undefined), CHECKPOINT_SYNC_MS);
    try {
      return await child.exited;
    } finally {
      this.child = undefined;
      clearTimeout(timer);
      clearInterval(sync);
      this.computeMs += performance.now() - startedMs;
    }
  }

  private endWith(ending: Ending): void {
    this.ending ??= ending;
    void this.child?.terminate(this.context.stopGraceMs);
  }

  private async finish(exit: Exit | undefined): Promise<void> {
    this.step('Uploading');
    await this.checkpoints?.sync();
    const failed = this.ending === undefined && exit !== undefined && exit.code !== 0;
    const artifacts = await uploadTrainingArtifacts(this.context.objects, this.job, this.folder, failed);
    const result = { ...artifacts, FinalMetricDataList: this.metrics.result(), ...this.times() };
    if (failed) {
      const failure = exit.problem ?? (await this.folder.read('output/failure'))?.toString('utf8');
      this.step('Failed', { ...result, FailureReason: algorithmError(failure, exit.code) });
      return;
    }
    await this.folder.remove();
    this.step(endStep(this.ending, this.job), result);
  }

  private times(): Partial<TrainingJob> {
    const seconds = Math.ceil(this.computeMs / 1000);
    return {
      TrainingEndTime: this.context.now(),
      ...(this.computeMs > 0 ? { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds } : {}),
    };
  }

  /** Moves the job on, unless it is being stopped (then only its end counts) or the service is closing. */
  private step(step: TrainingStep, patch: Partial<TrainingJob> = {}): void {
    const { job, context } = this;
    if (context.closing.signal.aborted) {
      return;
    }
    const passing = step === 'Downloading' || step === 'Training' || step === 'Uploading';
    const moved =
      job.TrainingJobStatus === 'Stopping' && passing
        ? { ...job, ...patch }
        : { ...job, ...advance(job, step, context.now()), ...patch };
    context.registry.trainingJobs.put(this.name, moved);
    context.announce('Training Job', job.TrainingJobArn, moved);
  }
}

function endStep(ending: Ending | undefined, job: TrainingJob): TrainingStep {
  if (job.TrainingJobStatus === 'Stopping') {
    return 'Stopped';
  }
  if (ending === 'out of time') {
    return 'MaxRuntimeExceeded';
  }
  return ending === 'out of waiting time' ? 'MaxWaitTimeExceeded' : 'Completed';
}
