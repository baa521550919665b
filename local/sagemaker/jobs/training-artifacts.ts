import type { TrainingJob } from '../state/records';
import type { ObjectStore } from '../storage/object-store';
import { joinS3Uri } from '../storage/s3-uri';
import { filesBelow, uploadArchive } from './artifacts';
import type { JobFolder } from './job-folder';

/**
 * Uploads model.tar.gz and, when the script left any output data, output.tar.gz to `<S3OutputPath>/<job>/output/`.
 *
 * @param failed - the job failed: no model is uploaded unless there is something in its folder
 * @returns what the job's record says of them
 */
export async function uploadTrainingArtifacts(
  objects: ObjectStore,
  job: TrainingJob,
  folder: JobFolder,
  failed: boolean,
): Promise<Partial<TrainingJob>> {
  const target = joinS3Uri(job.OutputDataConfig.S3OutputPath, job.TrainingJobName, 'output');
  const upload = (part: string, archive: string) =>
    uploadArchive(objects, folder.path(part), `${folder.root}.${archive}`, joinS3Uri(target, archive));
  if ((await filesBelow(folder.path('output/data'))).length > 0) {
    await upload('output/data', 'output.tar.gz');
  }
  if (failed && (await filesBelow(folder.path('model'))).length === 0) {
    return {};
  }
  return { ModelArtifacts: { S3ModelArtifacts: await upload('model', 'model.tar.gz') } };
}
