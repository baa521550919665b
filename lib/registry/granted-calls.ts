import { API_PREFIXES, BARE_READS, type Call, PROMOTIONS, READS, WRITES } from './tracking-contract';

const [CURRENT, NEWER] = API_PREFIXES;

/** Calls below the prefix that MLflow's clients use, as paths. The web UI's own prefix is not for IAM callers. */
const paths = (calls: readonly Call[]): Call[] =>
  calls.map(([method, path]) => [method, `${CURRENT}${path}`]);

/** Traces and what is made of them; nothing there can be written. */
const NEWER_READS: readonly Call[] = [
  ['GET', `${NEWER}mlflow/*`],
  ['POST', `${NEWER}mlflow/traces/search`],
];

/** @internal */
export const readCalls = (): Call[] => [...BARE_READS, ...paths(READS), ...NEWER_READS];
/** @internal */
export const writeCalls = (): Call[] => paths(WRITES);
/** @internal */
export const promoteCalls = (): Call[] => paths(PROMOTIONS);
