import { join } from 'node:path';
import type { Context } from '../context';
import type { Child, Exit } from '../processes/child';
import { hostPath, rewriteValues } from '../processes/container-paths';
import { containerEnvironment } from '../processes/environment';
import { entryPointCommand, supervised } from '../processes/image-manifest';
import type { ProcessingJob } from '../state/records';
import { uploadFolder } from './artifacts';
import { processingConfig } from './container-config';
import { downloadSource } from './download';
import { clientError, exitMessage, PROCESSING_FAILED } from './failure-text';
import { JobFolder, makeFolderOf } from './job-folder';

const PROCESSING_ROOT = '/opt/ml/processing';
const FOLDERS = ['config', 'processing/input', 'processing/output', 'output'];

/** One processing job to its end. Its runtime limit and grace count real seconds, timestamps are virtual. */
export class ProcessingRun {
  private readonly folder: JobFolder;
  private child?: Child;
  private ending?: 'stopped' | 'out of time';

  constructor(
    private readonly context: Context,
    private readonly name: string,
  ) {
    this.folder = new JobFolder(join(context.options.workDir, 'processing-jobs', name));
  }

  /** Runs the job; every failure ends in its record, so that this never rejects. */
  async run(): Promise<void> {
    try {
      const command = processingCommand(this.context, this.job);
      await this.folder.create(FOLDERS);
      await makeFolderOf(this.context.logFile('ProcessingJobs', this.name));
      await this.prepare();
      const exit = this.ending === undefined ? await this.process(command) : undefined;
      await this.finish(exit);
    } catch (error) {
      this.update({ ProcessingJobStatus: 'Failed', FailureReason: clientError((error as Error).message) });
    }
  }

  /** Asks the container to stop. */
  stop(): void {
    this.update({ ProcessingJobStatus: 'Stopping' });
    this.endWith('stopped');
  }

  private get job(): ProcessingJob {
    return this.context.registry.processingJobs.get(this.name)!;
  }

  private async prepare(): Promise<void> {
    for (const { InputName, S3Input } of this.job.ProcessingInputs ?? []) {
      if (S3Input !== undefined) {
        const folder = hostPath(S3Input.LocalPath ?? '', this.folder.root, PROCESSING_ROOT);
        try {
          await downloadSource(this.context.objects, S3Input, folder);
        } catch (error) {
          throw new Error(`Data download failed: ${(error as Error).message} (input "${InputName}")`);
        }
      }
    }
    for (const { S3Output } of this.job.ProcessingOutputConfig?.Outputs ?? []) {
      if (S3Output?.LocalPath !== undefined) {
        await makeFolderOf(join(hostPath(S3Output.LocalPath, this.folder.root, PROCESSING_ROOT), '.'));
      }
    }
    await this.folder.writeConfig('config', processingConfig(this.job));
  }

  private async process(command: readonly string[]): Promise<Exit> {
    const { context, job } = this;
    const { region, accountId, endpointUrl, python } = context.options;
    const network = job.NetworkConfig?.EnableNetworkIsolation !== true;
    const view = await context.host.view(this.folder.root, network);
    const environment = job.Environment ?? {};
    this.update({ ProcessingStartTime: context.now() });
    this.child = context.processes.start({
      command: view.wrap(command.map(view.rewrite)),
      env: containerEnvironment(
        {
          python,
          region,
          accountId,
          endpointUrl: network ? endpointUrl : undefined,
          base: view.base,
          host: process.env,
        },
        {
          ...(view.base === this.folder.root ? rewriteValues(environment, view.base) : environment),
          PROCESSING_JOB_NAME: job.ProcessingJobName,
          PROCESSING_JOB_ARN: job.ProcessingJobArn,
        },
      ),
      cwd: this.folder.root,
      logFile: context.logFile('ProcessingJobs', this.name),
      onLine: context.logStream('ProcessingJobs', `${this.name}/algo-1`),
    });
    if (this.ending !== undefined) {
      void this.child.terminate(context.stopGraceMs);
    }
    const limitMs = (job.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400) * 1000;
    const timer = setTimeout(() => this.endWith('out of time'), limitMs);
    try {
      return await this.child.exited;
    } finally {
      this.child = undefined;
      clearTimeout(timer);
    }
  }

  private endWith(ending: 'stopped' | 'out of time'): void {
    this.ending ??= ending;
    void this.child?.terminate(this.context.stopGraceMs);
  }

  private async finish(exit: Exit | undefined): Promise<void> {
    const message = await this.folder.read('output/message');
    const patch = message === undefined ? {} : { ExitMessage: exitMessage(message) };
    if (this.ending !== undefined) {
      await this.folder.remove();
      this.update({ ...patch, ProcessingJobStatus: 'Stopped' });
      return;
    }
    if (exit?.code !== 0) {
      const reason = exit?.problem === undefined ? PROCESSING_FAILED : clientError(exit.problem);
      this.update({ ...patch, ProcessingJobStatus: 'Failed', FailureReason: reason });
      return;
    }
    for (const { OutputName, S3Output } of this.job.ProcessingOutputConfig?.Outputs ?? []) {
      if (S3Output?.LocalPath !== undefined) {
        const folder = hostPath(S3Output.LocalPath, this.folder.root, PROCESSING_ROOT);
        try {
          await uploadFolder(this.context.objects, folder, S3Output.S3Uri);
        } catch (error) {
          throw new Error(`Upload of the output "${OutputName}" failed: ${(error as Error).message}`);
        }
      }
    }
    await this.folder.remove();
    this.update({ ...patch, ProcessingJobStatus: this.ending === undefined ? 'Completed' : 'Stopped' });
  }

  private update(patch: Partial<ProcessingJob>): void {
    const { context, job } = this;
    if (context.closing.signal.aborted) {
      return;
    }
    const at = context.now();
    const ended = ['Completed', 'Failed', 'Stopped'].includes(patch.ProcessingJobStatus ?? '');
    const next: ProcessingJob = {
      ...job,
      ...patch,
      LastModifiedTime: at,
      ...(ended ? { ProcessingEndTime: at } : {}),
    };
    context.registry.processingJobs.put(this.name, next);
    if (next.ProcessingJobStatus !== job.ProcessingJobStatus) {
      context.announce('Processing Job', job.ProcessingJobArn, next);
    }
  }
}

/** @throws Error that says what the image manifest or the request lacks. */
function processingCommand(context: Context, job: ProcessingJob): string[] {
  const { ImageUri, ContainerEntrypoint, ContainerArguments } = job.AppSpecification;
  if (ContainerEntrypoint === undefined) {
    throw new Error(
      `The processing job has no ContainerEntrypoint, and the image "${ImageUri}" brings none on the laptop`,
    );
  }
  const words = [...ContainerEntrypoint, ...(ContainerArguments ?? [])];
  return supervised(entryPointCommand(ImageUri, words, context.images, context.places), context.places);
}
