import type { Context } from '../context';
import type { Child } from '../processes/child';
import { rewriteValues } from '../processes/container-paths';
import { containerEnvironment } from '../processes/environment';
import { entryPointCommand, mainCommand, supervised } from '../processes/image-manifest';
import type { TrainingJob } from '../state/records';
import { trainingConfig } from './container-config';
import type { JobFolder } from './job-folder';

/**
 * The local command of a training job.
 *
 * @throws Error that says what is missing in the image manifest or the request.
 */
export function trainingCommand(context: Context, job: TrainingJob): string[] {
  const { TrainingImage, ContainerEntrypoint, ContainerArguments } = job.AlgorithmSpecification ?? {};
  const image = TrainingImage ?? '';
  const command =
    ContainerEntrypoint === undefined
      ? [...mainCommand(image, 'train', context.images, context.places), ...(ContainerArguments ?? [])]
      : entryPointCommand(
          image,
          [...ContainerEntrypoint, ...(ContainerArguments ?? [])],
          context.images,
          context.places,
        );
  return supervised(command, context.places);
}

/** Writes the container's configuration and starts it. */
export async function startTraining(
  context: Context,
  job: TrainingJob,
  folder: JobFolder,
  onLine: (line: string) => void,
): Promise<Child> {
  const network = job.EnableNetworkIsolation !== true;
  const view = await context.host.view(folder.root, network);
  const rewritten = (values: Readonly<Record<string, string>>) =>
    view.base === folder.root ? rewriteValues(values, folder.root) : values;
  await folder.writeConfig(
    'input/config',
    trainingConfig({ ...job, HyperParameters: rewritten(job.HyperParameters ?? {}) }),
  );
  const { region, accountId, endpointUrl, python } = context.options;
  const env = containerEnvironment(
    {
      python,
      region,
      accountId,
      endpointUrl: network ? endpointUrl : undefined,
      base: view.base,
      host: process.env,
    },
    {
      ...rewritten(job.Environment ?? {}),
      TRAINING_JOB_NAME: job.TrainingJobName,
      TRAINING_JOB_ARN: job.TrainingJobArn,
    },
  );
  return context.processes.start({
    command: view.wrap(trainingCommand(context, job).map(view.rewrite)),
    env,
    cwd: folder.root,
    logFile: context.logFile('TrainingJobs', job.TrainingJobName),
    onLine,
  });
}
