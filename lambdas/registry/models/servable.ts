import type { ModelVersion } from '../entities';
import type { VersionRecord } from './model-record';

/** A version that nobody described well enough to serve it. */
export class NotServableError extends Error {
  override readonly name = 'NotServableError';
}

/** What serving reads of a version, and what monitoring and lineage know of it. */
const FIELDS = [
  'version',
  'artifactUri',
  'image',
  'environment',
  'features',
  'threshold',
  'baselineUri',
  'runId',
  'dataset',
  'datasetVersion',
  'metrics',
  'verdict',
  'trigger',
  'reasons',
  'createdAt',
  'approvedBy',
  'approval',
  'deletedAt',
] as const satisfies readonly (keyof ModelVersion)[];

/** What a version that an MLflow client registered lacks. */
const NEEDED = ['artifactUri', 'image', 'environment', 'features', 'threshold'] as const;

/**
 * The version as serving and monitoring know it.
 *
 * @throws NotServableError naming what the version lacks.
 */
export function servable(model: string, record: VersionRecord): ModelVersion {
  const known = record as VersionRecord & Partial<ModelVersion>;
  const missing = NEEDED.filter((field) => known[field] === undefined);
  if (missing.length > 0) {
    throw new NotServableError(
      `Version ${record.version} of model "${model}" cannot be served: it was registered without ${missing.join(', ')}. Register it with them by the function of the stack's output RegisterModelFunction.`,
    );
  }
  const fields = FIELDS.filter((field) => known[field] !== undefined).map((field) => [field, known[field]]);
  return { ...Object.fromEntries(fields), model } as ModelVersion;
}
