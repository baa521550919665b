import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeService } from '../../../lambdas/registry/mlflow-api/compose';
import { createDispatch, type Dispatch } from '../../../lambdas/registry/mlflow-api/dispatch';
import type { ApiRequest, ApiResponse } from '../../../lambdas/registry/mlflow-api/http';
import type { Route } from '../../../lambdas/registry/mlflow-api/router';
import { ROUTES } from '../../../lambdas/registry/mlflow-api/routes';
import { localArtifacts } from '../../../local/tracking/artifacts';
import { createTable, type LocalTable } from '../../../local/tracking/table';
import { type FuzzRequest, fuzzRequests, Known } from './fuzz-requests';

const REQUESTS = 10_000;
/** Another one: FUZZ_SEED=7 npx vitest run --project unit test/registry/mlflow-api/fuzz.test.ts */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_123);

let folder: string;
let table: LocalTable;
let dispatch: Dispatch;
const unforeseen: Record<string, unknown>[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-fuzz-'));
  table = createTable();
  const service = composeService({
    client: table.client,
    tableName: 'registry',
    artifacts: localArtifacts('mlflow-artifacts:/', folder),
  });
  dispatch = createDispatch({
    service,
    logger: { error: (_message, extra) => unforeseen.push(extra) },
  });
});
afterAll(() => {
  table.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Values that answers held, by the kind of thing and the field's name; later requests take from them. */
class Memory {
  private readonly values = new Map<string, unknown[]>(Object.entries(FIRST_VALUES));

  pick(kind: string, field: string, { pick }: Known): unknown {
    const name = ALIASES[field] ?? field;
    const known = this.values.get(`${kind}.${name}`) ?? this.values.get(name) ?? ['x'];
    return known[pick % known.length];
  }

  learn(kind: string, value: unknown): void {
    if (Array.isArray(value)) for (const each of value) this.learn(kind, each);
    else if (value !== null && typeof value === 'object') {
      for (const [name, each] of Object.entries(value)) {
        if (typeof each === 'string' && each.length < 300) this.keep(kind, name, each);
        else this.learn(kind, each);
      }
    }
  }

  /** The newest few: what is older has likely been deleted by now. */
  keep(kind: string, name: string, value: string): void {
    if (name in FIRST_VALUES) return;
    const key = name.endsWith('_id') || name === 'next_page_token' ? name : `${kind}.${name}`;
    const known = (this.values.get(key) ?? []).filter((each) => each !== value);
    this.values.set(key, [value, ...known].slice(0, 6));
  }
}

const FIRST_VALUES: Record<string, unknown[]> = {
  key: ['accuracy', 'depth', 'team'],
  value: ['1', 'x'],
  metric_key: ['accuracy'],
  tag_key: ['team'],
  alias: ['best', 'champion'],
  stage: ['Staging', 'Production', 'None', 'Archived'],
  path: ['a.txt', 'b/c.txt', 'model/MLmodel'],
  version: ['1', '2'],
};

/** Fields that take what answers call otherwise. */
const ALIASES: Record<string, string> = {
  run_uuid: 'run_id',
  run_ids: 'run_id',
  source_run_id: 'run_id',
  experiment_ids: 'experiment_id',
  experiment_name: 'name',
  page_token: 'next_page_token',
  model_ids: 'model_id',
};

/** Things are told apart by the collection in the path; versions bear the names of their models. */
function kindOf(path: string): string {
  const collection = /^\/mlflow\/([\w-]+)/.exec(path)?.[1] ?? 'bare';
  return collection === 'model-versions' ? 'registered-models' : collection;
}

function resolved(value: unknown, field: string, pick: (field: string, known: Known) => unknown): unknown {
  if (value instanceof Known) return pick(field, value);
  if (Array.isArray(value)) return value.map((each) => resolved(each, field, pick));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, name, pick)]));
}

/** As a client would write it down: a GET in its query, anything else in its body. */
function written(fuzz: FuzzRequest, memory: Memory): ApiRequest {
  const [method, prefix, version, path] = fuzz.route;
  const pick = (field: string, known: Known) => memory.pick(kindOf(path), field, known);
  const fields = resolved(fuzz.fields, '', pick) as Record<string, unknown>;
  const used = new Set<string>();
  const filled = path.replace(/\{(\w+)(\.\.\.)?\}/g, (_, name: string, rest?: string) => {
    used.add(name);
    const text = String(fields[name] ?? 'x');
    return rest === undefined ? encode(text) : text.split('/').map(encode).join('/');
  });
  const base =
    prefix === 'bare' ? '' : prefix === 'ajax' || fuzz.ajax ? `/ajax-api/${version}` : `/api/${version}`;
  const others = Object.entries(fields).filter(([name]) => !used.has(name));
  const query =
    method === 'GET' || Object.keys(fuzz.route[4].shape).length === 0
      ? others.flatMap(([name, value]) =>
          (Array.isArray(value) ? value : [value]).map(
            (each) =>
              `${encode(name)}=${encode(typeof each === 'object' ? JSON.stringify(each) : String(each))}`,
          ),
        )
      : [];
  const body = method === 'GET' ? '' : (fuzz.rawBody ?? JSON.stringify(Object.fromEntries(others)));
  return {
    method,
    path: base + filled,
    rawQuery: [...query, ...(fuzz.rawQuery === undefined ? [] : [fuzz.rawQuery])].join('&'),
    headers: { 'content-type': fuzz.contentType ?? 'application/json' },
    body: Buffer.from(body),
    principal: 'fuzz',
  };
}

/** Halves of surrogate pairs have no encoding: they are sent as what stands for the unreadable. */
const encode = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** Makes one of everything, whole and active. */
async function refresh(memory: Memory, index: number): Promise<void> {
  const post = async (path: string, body: object) => {
    const request = { method: 'POST', path: `/api/2.0/mlflow/${path}`, rawQuery: '', principal: 'fuzz' };
    const headers = { 'content-type': 'application/json' };
    const answer = await dispatch({ ...request, headers, body: Buffer.from(JSON.stringify(body)) });
    expect([answer.status, answer.body]).toEqual([200, answer.body]);
    const parsed = JSON.parse(String(answer.body));
    memory.learn(kindOf(`/mlflow/${path}`), parsed);
    return parsed;
  };
  const name = `made-${index}`;
  const { experiment_id } = await post('experiments/create', { name });
  const { run } = await post('runs/create', { experiment_id, start_time: index });
  const { run_id } = run.info;
  await post('runs/log-batch', {
    run_id,
    metrics: [{ key: 'accuracy', value: 0.5, timestamp: index, step: 1 }],
    tags: [{ key: 'team', value: 'x' }],
  });
  await post('logged-models', { experiment_id, name, source_run_id: run_id });
  await post('registered-models/create', { name, tags: [{ key: 'team', value: 'x' }] });
  const source = `${run.info.artifact_uri}/model`;
  memory.keep('registered-models', 'source', source);
  memory.keep('experiments', 'name', name);
  for (const _ of [1, 2]) await post('model-versions/create', { name, source, run_id });
  await post('registered-models/alias', { name, alias: 'best', version: '2' });
}

/** What is wrong with an answer, or undefined. */
function wrong({ status, headers, body }: ApiResponse): string | undefined {
  if (status >= 500) return `status ${status}: ${body}`;
  if (status === 200) {
    if (!headers['content-type']?.startsWith('application/json')) return undefined;
    const value: unknown = JSON.parse(String(body));
    return typeof value === 'object' && value !== null ? undefined : `no object: ${body}`;
  }
  if (status < 400) return `status ${status}`;
  const envelope = JSON.parse(String(body)) as Record<string, unknown>;
  return typeof envelope.error_code === 'string' && typeof envelope.message === 'string'
    ? undefined
    : `no envelope: ${body}`;
}

const tell = ({ method, path, rawQuery, body }: ApiRequest): string =>
  `${method} ${path}?${rawQuery.slice(0, 500)} ${body.toString().slice(0, 1000)}`;

describe(`${REQUESTS} requests made of what the endpoints read`, () => {
  const failures: string[] = [];
  const statuses = new Map<number, number>();
  const succeeded = new Set<Route>();

  beforeAll(async () => {
    const memory = new Memory();
    const requests = fc.sample(fuzzRequests(ROUTES), { numRuns: REQUESTS, seed: SEED });
    for (const [index, fuzz] of requests.entries()) {
      // What was there may be deleted by now, and requests to what is deleted are refused early.
      if (index % 50 === 0) await refresh(memory, index);
      const request = written(fuzz, memory);
      const response = await dispatch(request);
      const problem = wrong(response);
      if (typeof response.body !== 'string' && !Buffer.isBuffer(response.body)) response.body.destroy();
      if (problem !== undefined) failures.push(`${tell(request)} -> ${problem}`);
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.status === 200) {
        succeeded.add(fuzz.route);
        if (typeof response.body === 'string' && response.headers['content-type']?.includes('json')) {
          memory.learn(kindOf(fuzz.route[3]), JSON.parse(response.body));
        }
      }
    }
  }, 120_000);

  it("are answered, or refused in MLflow's words, and never with a server error", () => {
    expect(failures.slice(0, 10)).toEqual([]);
  });

  it('meet nothing that nobody foresaw', () => {
    const distinct = new Set(unforeseen.map(({ error }) => String(error).split('\n').slice(0, 9).join('\n')));
    expect([...distinct].slice(0, 10)).toEqual([]);
  });

  it('reach behind the checks of nearly every endpoint', () => {
    const never = ROUTES.filter((route) => !succeeded.has(route)).map(
      ([method, , , path]) => `${method} ${path}`,
    );
    expect(never.length, never.join(', ')).toBeLessThan(ROUTES.length / 5);
    expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 5);
  });
});
