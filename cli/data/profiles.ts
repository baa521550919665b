import { gunzipSync } from 'node:zlib';
import type { DatasetVersion } from '../../lambdas/data-lake/entities';
import { isGzip } from '../../lambdas/data-lake/formats/sniff';
import type { DatasetProfile } from '../../lambdas/data-lake/validation/inspection';
import type { Lake } from './lake';

/** What is known of a version's columns; undefined for data that is no table, and for versions without a profile. */
export async function readProfile(
  lake: Pick<Lake, 'objects' | 'bucket'>,
  version: DatasetVersion,
): Promise<DatasetProfile | undefined> {
  const prefix = `s3://${lake.bucket}/`;
  if (version.profileUri?.startsWith(prefix) !== true) return undefined;
  const bytes = await lake.objects.read(version.profileUri.slice(prefix.length));
  if (bytes === undefined) return undefined;
  const stored = Buffer.from(bytes);
  return JSON.parse((isGzip(stored) ? gunzipSync(stored) : stored).toString('utf8')) as DatasetProfile;
}
