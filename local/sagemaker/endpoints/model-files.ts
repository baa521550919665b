import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import type { ObjectStore } from '../storage/object-store';
import { parseS3Uri } from '../storage/s3-uri';

/**
 * Makes the file tree of a model container and unpacks model.tar.gz into its `model` folder.
 *
 * @param root - the container's /opt/ml
 * @throws Error in SageMaker's words when there is no such archive
 */
export async function placeModel(
  objects: ObjectStore,
  modelDataUrl: string | undefined,
  root: string,
): Promise<void> {
  const target = join(root, 'model');
  await rm(root, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  if (modelDataUrl === undefined) {
    return;
  }
  const archive = `${root}.tar.gz`;
  try {
    const { bucket, key } = parseS3Uri(modelDataUrl);
    await objects.download(bucket, key, archive);
    await extract({ file: archive, cwd: target });
  } catch (error) {
    throw new Error(
      `Failed to download model data for container "container_1" from URL: "${modelDataUrl}". Please ensure that ` +
        'there is an object located at the URL and that the role passed to CreateModel has permissions to download ' +
        `the object. (${(error as Error).message})`,
    );
  } finally {
    await rm(archive, { force: true });
  }
}
