/** One operation that was acknowledged, and what was acknowledged. */
export type Done =
  | { readonly kind: 'run'; readonly token: string; readonly runId: string }
  | { readonly kind: 'version'; readonly model: string; readonly token: string; readonly version: number }
  | { readonly kind: 'metric'; readonly run: string; readonly key: string; readonly point: Point }
  | {
      readonly kind: 'param';
      readonly run: string;
      readonly key: string;
      readonly value: string;
      readonly accepted: boolean;
    }
  | {
      readonly kind: 'tag';
      readonly run: string;
      readonly key: string;
      readonly value: string;
      readonly seen: string | undefined;
    }
  | { readonly kind: 'alias'; readonly model: string; readonly version: number };

export interface Point {
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

/** What the server holds when all is over. */
export interface Final {
  readonly runs: ReadonlyMap<string, FinalRun>;
  readonly models: ReadonlyMap<string, FinalModel>;
  /** Ids of all runs of the experiment to which the operations added. */
  readonly runIds: readonly string[];
}

export interface FinalRun {
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly latest: ReadonlyMap<string, Point>;
  readonly history: ReadonlyMap<string, readonly Point[]>;
}

export interface FinalModel {
  readonly versions: readonly number[];
  /** [alias, version] as the model lists them. */
  readonly aliases: readonly (readonly [string, number])[];
}

const later = (a: Point, b: Point): number =>
  a.step - b.step || a.timestamp - b.timestamp || a.value - b.value;
const same = (a: Point, b: Point): boolean => later(a, b) === 0;

/** Everything that is wrong with the outcome, in words; empty when all was kept as it was acknowledged. */
export function anomalies(done: readonly Done[], final: Final): string[] {
  return [
    ...runsOnce(done, final),
    ...versions(done, final),
    ...metrics(done, final),
    ...params(done, final),
    ...tags(done, final),
    ...champion(done, final),
  ];
}

const of = <K extends Done['kind']>(done: readonly Done[], kind: K): Extract<Done, { kind: K }>[] =>
  done.filter((each): each is Extract<Done, { kind: K }> => each.kind === kind);

/** A request that names itself makes one run, however often it arrives. */
function runsOnce(done: readonly Done[], final: Final): string[] {
  const created = of(done, 'run').map(({ runId }) => runId);
  const problems: string[] = [];
  if (new Set(created).size !== created.length) problems.push('two requests were told the same run');
  const extra = final.runIds.filter((id) => !created.includes(id));
  const lost = created.filter((id) => !final.runIds.includes(id));
  if (extra.length > 0) problems.push(`${extra.length} runs that nobody was told of`);
  if (lost.length > 0) problems.push(`${lost.length} acknowledged runs are gone`);
  return problems;
}

function versions(done: readonly Done[], final: Final): string[] {
  return [...final.models].flatMap(([name, model]) => {
    const told = of(done, 'version')
      .filter(({ model: each }) => each === name)
      .map(({ version }) => version);
    const problems: string[] = [];
    if (new Set(told).size !== told.length) problems.push(`${name}: two requests were told the same version`);
    const sorted = [...model.versions].sort((a, b) => a - b);
    if (sorted.some((version, index) => version !== index + 1)) problems.push(`${name}: gaps in ${sorted}`);
    if (sorted.length !== told.length) {
      problems.push(`${name}: ${told.length} requests made ${sorted.length} versions`);
    }
    return problems;
  });
}

function metrics(done: readonly Done[], final: Final): string[] {
  const logged = new Map<string, { run: string; key: string; points: Point[] }>();
  for (const { run, key, point } of of(done, 'metric')) {
    const id = JSON.stringify([run, key]);
    const entry = logged.get(id) ?? { run, key, points: [] };
    entry.points.push(point);
    logged.set(id, entry);
  }
  return [...logged.values()].flatMap(({ run, key, points }) => {
    const problems: string[] = [];
    const greatest = points.reduce((a, b) => (later(a, b) >= 0 ? a : b));
    const latest = final.runs.get(run)?.latest.get(key);
    if (latest === undefined || !same(latest, greatest)) {
      problems.push(`${key}: latest is ${JSON.stringify(latest)}, not ${JSON.stringify(greatest)}`);
    }
    const kept = final.runs.get(run)?.history.get(key) ?? [];
    const distinct = new Set(points.map((point) => JSON.stringify(point)));
    const found = kept.map(({ value, timestamp, step }) => JSON.stringify({ value, timestamp, step }));
    if (found.length !== distinct.size || found.some((point) => !distinct.has(point))) {
      problems.push(`${key}: ${distinct.size} points were logged, ${found.length} are kept`);
    }
    return problems;
  });
}

function params(done: readonly Done[], final: Final): string[] {
  const byKey = new Map<string, Extract<Done, { kind: 'param' }>[]>();
  for (const each of of(done, 'param')) {
    const id = JSON.stringify([each.run, each.key]);
    byKey.set(id, [...(byKey.get(id) ?? []), each]);
  }
  return [...byKey.values()].flatMap((attempts) => {
    const { run, key } = attempts[0]!;
    const accepted = new Set(attempts.filter((each) => each.accepted).map(({ value }) => value));
    const kept = final.runs.get(run)?.params.get(key);
    if (accepted.size > 1) return [`${key}: accepted as ${[...accepted].join(' and as ')}`];
    const [value] = accepted;
    if (value === undefined) return [`${key}: nobody's value was accepted, ${kept} is kept`];
    if (kept !== value) return [`${key}: ${value} was accepted, ${kept} is kept`];
    const refused = attempts.find((each) => !each.accepted && each.value === value);
    return refused === undefined ? [] : [`${key}: ${value} was refused and accepted`];
  });
}

function tags(done: readonly Done[], final: Final): string[] {
  return of(done, 'tag').flatMap(({ run, key, value, seen }) => {
    const kept = final.runs.get(run)?.tags.get(key);
    const problems: string[] = [];
    if (kept !== value) problems.push(`tag ${key}: ${value} was set, ${kept} is kept`);
    if (seen !== value) problems.push(`tag ${key}: ${value} was set, and read at once as ${seen}`);
    return problems;
  });
}

/** Clients moved it: it is where one of them put it, and nowhere else. */
function champion(done: readonly Done[], final: Final): string[] {
  return [...final.models].flatMap(([name, { aliases }]) => {
    const moved = of(done, 'alias')
      .filter(({ model }) => model === name)
      .map(({ version }) => version);
    const holders = aliases.filter(([alias]) => alias === 'champion').map(([, version]) => version);
    if (moved.length === 0) return holders.length === 0 ? [] : [`${name}: a champion that nobody made`];
    if (holders.length !== 1) return [`${name}: ${holders.length} champions`];
    return moved.includes(holders[0]!) ? [] : [`${name}: champion ${holders[0]} was never made one`];
  });
}
