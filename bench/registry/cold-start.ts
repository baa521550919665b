/**
 * Size of each registry handler's bundle, and how long a fresh process takes to load it: what a cold start adds to the
 * start of Node itself.
 *
 * Run: npm run bundle && node --import tsx bench/registry/cold-start.ts
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { percentiles } from './load';

const STARTS = 15;
const folder = join(__dirname, '..', '..', 'assets', 'lambdas', 'registry');

/** What the constructs set; no value is used before the first call. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  AWS_REGION: 'us-east-1',
  REGISTRY_TABLE: 't',
  ARTIFACTS_BUCKET: 'b',
  TRACKING_ARTIFACT_ROOT: 's3://b/experiments',
  EVENT_BUS_NAME: 'default',
  UI_ISSUER: 'https://i',
  UI_CLIENT_ID: 'c',
  UI_ORIGIN: 'https://o',
};

const LOAD = `const started = process.hrtime.bigint(); const before = process.cpuUsage(); require(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify([Number(process.hrtime.bigint() - started) / 1e6, (user + system) / 1e3]))`;

console.log('| handler | kB | load p50 / p95, ms | processor time p50, ms |');
console.log('|---|---|---|---|');
for (const name of readdirSync(folder)) {
  const file = join(folder, name, 'index.js');
  if (!existsSync(file)) continue;
  const samples = Array.from(
    { length: STARTS },
    () =>
      JSON.parse(
        execFileSync(process.execPath, ['-e', LOAD, file], {
          encoding: 'utf8',
          env: ENVIRONMENT,
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
      ) as [number, number],
  );
  const wall = percentiles(samples.map(([milliseconds]) => milliseconds));
  const processor = percentiles(samples.map(([, milliseconds]) => milliseconds));
  const kilobytes = (statSync(file).size / 1024).toFixed(0);
  console.log(
    `| ${name} | ${kilobytes} | ${wall.p50.toFixed(0)} / ${wall.p95.toFixed(0)} | ${processor.p50.toFixed(0)} |`,
  );
}
