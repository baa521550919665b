/**
 * Which permission each call of the tracking API needs: what the grants of the construct are made of, and what the
 * handler asks of callers whose token names their groups.
 *
 * @internal
 */
export const TrackingEnv = {
  /** Bucket URI and prefix under which experiments keep artifacts, e.g. `s3://bucket/experiments`. */
  ARTIFACT_ROOT: 'TRACKING_ARTIFACT_ROOT',
  /** JSON of a `TokenPolicy`; absent where callers sign with IAM credentials only. */
  TOKEN_POLICY: 'TRACKING_TOKEN_POLICY',
} as const;

/** Stage of the API, the first segment of the path in the tracking URI. @internal */
export const TRACKING_STAGE = 'prod';

/** Artifacts of experiments, their runs and logged models. @internal */
export const EXPERIMENTS_PREFIX = 'experiments/';

/** Those of models, their versions, approvals and history: what promoting writes. @internal */
export const MODEL_KEYS = ['MODEL#*', 'MODELS', 'RUN#*'] as const;

/** How partition keys of the registry begin, of the table and of its index. @internal */
export const RECORD_KEYS = ['CTR', 'LM#*', 'MODEL#*', 'MODELS', 'R#*', 'RUN#*', 'X#*', 'XN#*', 'XS'] as const;

/** @internal */
export type Access = 'read' | 'write' | 'promote';

/** What the handler needs to know of tokens that API Gateway has verified. @internal */
export interface TokenPolicy {
  /** The claim that lists the caller's groups. */
  readonly groupsClaim: string;
  /** Members may log. Absent: everybody with a token. */
  readonly writers?: string[];
  /** Members may promote. Absent: nobody with a token. */
  readonly promoters?: string[];
}

/** A call of the API; the path is relative to the prefix and the version, `*` at its end stands for anything. @internal */
export type Call = readonly [method: string, path: string];

/** The prefixes that clients and the web UI use, with their versions. @internal */
export const API_PREFIXES = ['/api/2.0/', '/api/3.0/'] as const;
/** @internal */
export const UI_PREFIXES = ['/ajax-api/2.0/', '/ajax-api/3.0/'] as const;

/** Below no prefix. @internal */
export const BARE_READS: readonly Call[] = [
  ['GET', '/health'],
  ['GET', '/version'],
];

/** What only the web UI asks for, below no prefix. @internal */
export const UI_READS: readonly Call[] = [
  ['GET', '/get-artifact'],
  ['GET', '/model-versions/get-artifact'],
  ['POST', '/graphql'],
];

/** Every GET, and what clients POST to read. @internal */
export const READS: readonly Call[] = [
  ['GET', 'mlflow/*'],
  ['GET', 'mlflow-artifacts/*'],
  ['POST', 'mlflow/artifacts/presigned-download-url'],
  ['POST', 'mlflow/experiments/search'],
  ['POST', 'mlflow/experiments/search-datasets'],
  ['POST', 'mlflow/logged-models/search'],
  ['POST', 'mlflow/registered-models/get-latest-versions'],
  ['POST', 'mlflow/runs/search'],
  // Parts of MLflow that are not here: the UI asks, and is told that there is nothing.
  ['POST', 'mlflow/datasets/search'],
  ['POST', 'mlflow/traces/metrics'],
  ['POST', 'mlflow/traces/search'],
  ['POST', 'mlflow/ui-telemetry'],
];

/** Logging, and registering what was logged. Nothing here changes what an alias or a stage names. @internal */
export const WRITES: readonly Call[] = [
  ['POST', 'mlflow/artifacts/presigned-upload-url'],
  ['POST', 'mlflow/experiments/*'],
  ['POST', 'mlflow/logged-models'],
  ['POST', 'mlflow/logged-models/*'],
  ['PATCH', 'mlflow/logged-models/*'],
  ['DELETE', 'mlflow/logged-models/*'],
  ['POST', 'mlflow/model-versions/create'],
  ['POST', 'mlflow/model-versions/set-tag'],
  ['PATCH', 'mlflow/model-versions/update'],
  ['DELETE', 'mlflow/model-versions/delete-tag'],
  ['POST', 'mlflow/registered-models/create'],
  ['POST', 'mlflow/registered-models/set-tag'],
  ['PATCH', 'mlflow/registered-models/update'],
  ['DELETE', 'mlflow/registered-models/delete-tag'],
  ['POST', 'mlflow/runs/*'],
  ['POST', 'mlflow/upload-artifact'],
  ['POST', 'mlflow-artifacts/*'],
  ['PUT', 'mlflow-artifacts/*'],
  ['DELETE', 'mlflow-artifacts/*'],
];

/** What moves, or takes away, that by which a model is found and used. @internal */
export const PROMOTIONS: readonly Call[] = [
  ['POST', 'mlflow/registered-models/alias'],
  ['DELETE', 'mlflow/registered-models/alias'],
  ['POST', 'mlflow/registered-models/rename'],
  ['DELETE', 'mlflow/registered-models/delete'],
  ['POST', 'mlflow/model-versions/transition-stage'],
  ['DELETE', 'mlflow/model-versions/delete'],
];

/**
 * The permission that a call needs, or undefined when the API knows no such call. Paths are compared as they came:
 * one that is written in another way than the client writes it needs a permission that nobody has.
 *
 * @internal
 */
export function requiredAccess(method: string, path: string): Access | undefined {
  const bare = [...BARE_READS, ...UI_READS];
  if (bare.some(([verb, exact]) => verb === method && exact === path)) return 'read';
  const prefix = [...API_PREFIXES, ...UI_PREFIXES].find((each) => path.startsWith(each));
  if (prefix === undefined) return undefined;
  const rest = path.slice(prefix.length);
  const names = ([verb, pattern]: Call): boolean =>
    verb === method && (pattern.endsWith('*') ? rest.startsWith(pattern.slice(0, -1)) : rest === pattern);
  if (PROMOTIONS.some(names)) return 'promote';
  if (READS.some(names)) return 'read';
  return WRITES.some(names) ? 'write' : undefined;
}

/** What somebody may do whose token says these groups. @internal */
export function accessOfGroups(policy: TokenPolicy, groups: readonly string[]): Access {
  const within = (allowed: readonly string[] | undefined): boolean =>
    allowed?.some((group) => groups.includes(group)) ?? false;
  if (within(policy.promoters)) return 'promote';
  return policy.writers === undefined || within(policy.writers) ? 'write' : 'read';
}

const RANK: readonly Access[] = ['read', 'write', 'promote'];

/** Whether somebody with one permission may do what needs the other: each includes those before it. @internal */
export const includes = (held: Access, needed: Access): boolean => RANK.indexOf(held) >= RANK.indexOf(needed);
