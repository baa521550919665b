/**
 * Counts the capacity units that calls of the tracking API consume, and what a million of each cost.
 *
 * Run: node --import tsx bench/registry/capacity.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeService } from '../../lambdas/registry/mlflow-api/compose';
import { createDispatch } from '../../lambdas/registry/mlflow-api/dispatch';
import { localArtifacts } from '../../local/tracking/artifacts';
import { createTable } from '../../local/tracking/table';
import { type Consumed, meter } from './capacity-meter';

/** US dollars in us-east-1, as published in 2025: check them before you rely on them. */
const PRICE = {
  readUnits: 0.125e-6,
  writeUnits: 0.625e-6,
  restRequest: 3.5e-6,
  lambdaRequest: 0.2e-6,
  lambdaGigabyteSecond: 13.3334e-6,
  logGigabyte: 0.5,
};
const MEMORY_GB = 1769 / 1024;
const ACCESS_LOG_BYTES = 450;
/** Of a call on AWS: an assumption, since nothing here measures it. */
const milliseconds = (requests: number): number => 10 + 5 * Math.min(requests, 12);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flywheel-capacity-'));
  const table = createTable();
  const { client, take } = meter(table);
  let hours = 0;
  // As the Lambda has it: changes are told through the table.
  const service = composeService({
    client,
    tableName: 'registry',
    artifacts: localArtifacts(folder),
    clock: { now: () => new Date(Date.UTC(2026, 0, 1, hours)) },
  });
  const dispatch = createDispatch({ service, logger: console });
  // biome-ignore lint/suspicious/noExplicitAny: replies of many shapes
  const call = async (method: string, path: string, body?: object): Promise<any> => {
    const [plain, rawQuery = ''] = path.split('?');
    const answer = await dispatch({
      method,
      path: `/api/2.0/mlflow/${plain}`,
      rawQuery,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      principal: 'arn:aws:iam::123456789012:user/somebody',
    });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.body}`);
    return JSON.parse(String(answer.body));
  };
  const rows: [string, Consumed][] = [];
  const count = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    take();
    const result = await act();
    rows.push([what, take()]);
    return result;
  };

  const { experiment_id } = await call('POST', 'experiments/create', { name: 'e' });
  const newRun = () =>
    call('POST', 'runs/create', {
      experiment_id,
      start_time: Date.now(),
      tags: [{ key: 'team', value: 'x' }],
    });
  await newRun();
  const { run } = await count('create_run', newRun);
  const { run_id } = run.info;
  const batch = (size: number, step: number) => ({
    run_id,
    metrics: Array.from({ length: size }, (_, n) => ({
      key: `metric-${n}`,
      value: n,
      timestamp: step,
      step,
    })),
  });
  await count('log-metric', () =>
    call('POST', 'runs/log-metric', { run_id, key: 'loss', value: 1, timestamp: 1, step: 1 }),
  );
  for (const size of [1, 10, 100, 1000]) {
    await count(`log-batch, ${size} metrics of as many keys`, () =>
      call('POST', 'runs/log-batch', batch(size, 2)),
    );
  }
  const { run: second } = await newRun();
  await count('log-batch, 1000 points of one key', () =>
    call('POST', 'runs/log-batch', {
      run_id: second.info.run_id,
      metrics: Array.from({ length: 1000 }, (_, step) => ({
        key: 'loss',
        value: step,
        timestamp: step,
        step,
      })),
    }),
  );
  const { run: third } = await newRun();
  const third_id = third.info.run_id;
  await call('POST', 'runs/log-batch', { ...batch(10, 1), run_id: third_id });
  await count('log-parameter', () =>
    call('POST', 'runs/log-parameter', { run_id: third_id, key: 'a', value: 'b' }),
  );
  await count('set-tag', () => call('POST', 'runs/set-tag', { run_id: third_id, key: 'a', value: 'b' }));
  await count('get run (10 metrics)', () => call('GET', `runs/get?run_id=${third_id}`));
  await count('get-history, 1000 points', () =>
    call('GET', `metrics/get-history?run_id=${second.info.run_id}&metric_key=loss`),
  );
  for (const size of [1000, 10_000]) {
    const { experiment_id: many } = await call('POST', 'experiments/create', { name: `with ${size}` });
    for (let index = 0; index < size; index += 1) {
      const { run: each } = await call('POST', 'runs/create', { experiment_id: many, start_time: index });
      const metrics = ['accuracy', 'loss', 'seconds'].map((key) => ({
        key,
        value: index,
        timestamp: 1,
        step: 1,
      }));
      const params = ['depth', 'rate', 'seed'].map((key) => ({ key, value: '3' }));
      await call('POST', 'runs/log-batch', { run_id: each.info.run_id, metrics, params });
    }
    // Runs are searched some time after they were logged; what changed in the last minutes is read again.
    hours += 1;
    const search = () =>
      call('POST', 'runs/search', {
        experiment_ids: [many],
        filter: 'metrics.accuracy > 0.5',
        max_results: 100,
      });
    await count(`search of ${size} runs, the first of a function's instance`, search);
    await count(`search of ${size} runs, again`, search);
    const { run: one } = await call('POST', 'runs/create', { experiment_id: many, start_time: 0 });
    await call('POST', 'runs/set-tag', { run_id: one.info.run_id, key: 'a', value: 'b' });
    await count(`search of ${size} runs, after a write`, search);
  }
  const name = 'model';
  await count('create registered model', () => call('POST', 'registered-models/create', { name }));
  const version = { name, source: `${third.info.artifact_uri}/model`, run_id: third_id };
  await count('create model version', () => call('POST', 'model-versions/create', version));
  const alias = { name, alias: 'best', version: '1' };
  await count('set alias', () => call('POST', 'registered-models/alias', alias));
  await count('get version by alias', () => call('GET', `registered-models/alias?name=${name}&alias=best`));
  await count('get-download-uri', () =>
    call('GET', `model-versions/get-download-uri?name=${name}&version=1`),
  );
  print(rows);
  table.close();
  rmSync(folder, { recursive: true, force: true });
}

function print(rows: readonly [string, Consumed][]): void {
  console.log(
    '| call | requests | read units | write units | table, $ | API, function, log, $ | together, $ |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const [what, { requests, readUnits, writeUnits }] of rows) {
    const store = 1e6 * (readUnits * PRICE.readUnits + writeUnits * PRICE.writeUnits);
    const seconds = milliseconds(requests) / 1000;
    const serve =
      1e6 *
      (PRICE.restRequest +
        PRICE.lambdaRequest +
        seconds * MEMORY_GB * PRICE.lambdaGigabyteSecond +
        (ACCESS_LOG_BYTES / 1e9) * PRICE.logGigabyte);
    const dollars = (amount: number) => amount.toFixed(2);
    console.log(
      `| ${what} | ${requests} | ${readUnits} | ${writeUnits} | ${dollars(store)} | ${dollars(serve)} | ${dollars(store + serve)} |`,
    );
  }
}

main().catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
