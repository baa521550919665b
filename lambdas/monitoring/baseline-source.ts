import type { ModelVersion } from '../registry/entities';
import { type Baseline, parseBaseline } from './baseline';
import type { ReadObject } from './objects';

/** The baseline of a model version; undefined when it has none. */
export type BaselineSource = (version: Pick<ModelVersion, 'baselineUri'>) => Promise<Baseline | undefined>;

/** Reads each baseline once: model versions are immutable. */
export function baselineSource(read: ReadObject): BaselineSource {
  const known = new Map<string, Baseline>();
  return async ({ baselineUri }) => {
    if (baselineUri === undefined) {
      return undefined;
    }
    const baseline = known.get(baselineUri) ?? (await load(read, baselineUri));
    known.set(baselineUri, baseline);
    return baseline;
  };
}

async function load(read: ReadObject, uri: string): Promise<Baseline> {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match === null) {
    throw new Error(`The baseline "${uri}" is not an S3 URI like s3://bucket/key`);
  }
  const object = await read({ bucket: match[1]!, key: match[2]! });
  if (object === undefined) {
    throw new Error(
      `The baseline ${uri} does not exist; register the model version with a baseline that does`,
    );
  }
  return parseBaseline(object.text, uri);
}
