import * as z from 'zod';
import type { Column } from '../data-lake/entities';
import type { Feature, Run } from './entities';
import type { NewModelVersion } from './store/versions';

const feature = z.object({
  name: z.string().min(1),
  type: z.enum(['number', 'integer', 'string', 'boolean']),
  nullable: z.boolean(),
});

/** A run of the pipeline asks for a version of the model that it made. */
const fromRun = z.strictObject({
  model: z.string().min(1),
  runId: z.string().min(1),
  leaseToken: z.number(),
  artifactUri: z.string(),
  baselineUri: z.string(),
  image: z.string().min(1),
  environment: z.record(z.string(), z.string()),
  target: z.string().min(1),
  ignoredColumns: z.array(z.string()),
  threshold: z.number(),
});

/** A person asks for a version, with what they know of the model. */
const byHand = z.strictObject({
  model: z.string().min(1),
  artifactUri: z.string(),
  baselineUri: z.string().optional(),
  image: z.string().min(1),
  environment: z.record(z.string(), z.string()).default({}),
  features: z.array(feature).min(1),
  threshold: z.number(),
  metrics: z.record(z.string(), z.number()).default({}),
  dataset: z.string().optional(),
  datasetVersion: z.string().optional(),
  runId: z.string().optional(),
  trigger: z.literal('manual'),
  reasons: z.array(z.string().min(1)).min(1),
  approvedBy: z.string().min(1),
  clientToken: z.string().min(1),
});

export type RunRegistration = z.infer<typeof fromRun>;
export type HandRegistration = z.infer<typeof byHand>;

/**
 * Reads a request to register a version: the pipeline's carries a `leaseToken`, a person's an `approvedBy`.
 *
 * @throws Error naming each field that is wrong.
 */
export function decodeRegistration(event: unknown): RunRegistration | HandRegistration {
  const shape = typeof event === 'object' && event !== null && 'leaseToken' in event ? fromRun : byHand;
  const parsed = shape.safeParse(event);
  if (!parsed.success)
    throw new Error(`The model version is described wrongly: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Who approves what the judge accepted. */
export const JUDGE = 'judge';

/** The inputs of a model: the dataset's columns in their order, without the target and the ignored ones. */
export function featuresOf(
  columns: readonly Column[],
  target: string,
  ignored: readonly string[],
): Feature[] {
  if (!columns.some(({ name }) => name === target)) {
    throw new Error(
      `The dataset has no column "${target}", the model's target; it has ${columns.map(({ name }) => name).join(', ')}.`,
    );
  }
  return columns
    .filter(({ name }) => name !== target && !ignored.includes(name))
    .map(({ name, type, nullable }) => ({ name, type, nullable }));
}

/** Evaluation finds the champion's archive by this name. */
const ARCHIVE = 'model.tar.gz';

/** @throws Error when the artifact is not a safe key of the registry's own bucket, or is not called model.tar.gz. */
export function requireOwnArtifact(uri: string, bucket: string): void {
  const prefix = `s3://${bucket}/`;
  const key = uri.startsWith(prefix) ? uri.slice(prefix.length) : '';
  const safe =
    /^(runs|models)\/[\w!*'().=+@/-]+$/.test(key) &&
    !key.split('/').some((part) => part === '' || part === '..');
  if (!safe) {
    throw new Error(
      `artifactUri "${uri}" is not an artifact of this registry: put it under ${prefix}models/ (runs write under ${prefix}runs/).`,
    );
  }
  if (key.endsWith(`/${ARCHIVE}`)) return;
  throw new Error(
    `artifactUri "${uri}" must end in "/${ARCHIVE}": later candidates are compared with the archive of that name.`,
  );
}

/** @throws Error when the run has no verdict or was not accepted. */
export function versionOfRun(
  request: RunRegistration,
  run: Run,
  columns: readonly Column[],
  createdAt: string,
): NewModelVersion {
  if (run.verdict?.accepted !== true) {
    throw new Error(`Run ${run.runId} was not accepted by the judge; its model is not registered.`);
  }
  const { leaseToken: _leaseToken, target, ignoredColumns, ...known } = request;
  return {
    ...known,
    features: featuresOf(columns, target, ignoredColumns),
    dataset: run.dataset,
    datasetVersion: run.datasetVersion,
    metrics: run.metrics,
    verdict: run.verdict,
    trigger: run.trigger,
    reasons: [...run.reasons, ...run.verdict.reasons],
    createdAt,
    approvedBy: JUDGE,
  };
}

export function versionByHand(request: HandRegistration, createdAt: string): NewModelVersion {
  const { clientToken: _clientToken, ...known } = request;
  return { ...known, createdAt };
}
