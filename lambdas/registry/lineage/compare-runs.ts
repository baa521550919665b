import { codeName } from './code-version';
import type { KnownRun } from './known-run';

/** One thing in which runs may differ. */
export interface ComparedRow {
  readonly kind: 'data' | 'code' | 'param' | 'metric';
  readonly name: string;
  /** In the order of the runs; undefined where a run has none. */
  readonly values: readonly (string | number | undefined)[];
  readonly differs: boolean;
}

/** Data, code, params and metrics of runs side by side, each kind in alphabetical order. */
export function compareRuns(runs: readonly KnownRun[]): ComparedRow[] {
  const row = (
    kind: ComparedRow['kind'],
    name: string,
    pick: (run: KnownRun) => string | number | undefined,
  ): ComparedRow => {
    const values = runs.map(pick);
    return { kind, name, values, differs: values.some((value) => value !== values[0]) };
  };
  const keys = (pick: (run: KnownRun) => object): string[] =>
    [...new Set(runs.flatMap((run) => Object.keys(pick(run))))].sort();
  return [
    row('data', 'dataset', (run) => run.dataset),
    row('data', 'version', (run) => run.datasetVersion),
    row('code', 'commit', codeName),
    ...keys((run) => run.params).map((name) => row('param', name, (run) => own(run.params, name))),
    ...keys((run) => run.metrics).map((name) => row('metric', name, (run) => own(run.metrics, name))),
  ];
}

const own = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
