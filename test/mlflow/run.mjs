// The ordinary day with the real MLflow clients, 3.x and 2.x:
//   node test/mlflow/run.mjs                       against standalone servers that it starts
//   node test/mlflow/run.mjs http://127.0.0.1:5000 against a server that runs, in the environment's credentials
//   node test/mlflow/run.mjs --only 3 [URL]        with one client
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLIENTS, prepare, pythonOf, root } from './environments.mjs';
import { startServer } from './server.mjs';

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' } },
  allowPositionals: true,
});
const clients = values.only === undefined ? CLIENTS : [values.only];
if (!clients.every((client) => CLIENTS.includes(client))) {
  throw new Error(`--only takes one of ${CLIENTS.join(', ')}, got "${values.only}".`);
}

/** 3.x sends artifacts through the server, 2.x writes them into the folder itself. */
function serverFor(client, folder) {
  return client === '3'
    ? startServer('--default-artifact-root', 'mlflow-artifacts:/', '--artifacts-destination', folder)
    : startServer('--default-artifact-root', folder);
}

async function day(client, url) {
  const python = spawn(pythonOf(client), ['-W', 'ignore', join('test', 'mlflow', 'day.py'), url], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2' },
  });
  const [code] = await once(python, 'exit');
  if (code !== 0) throw new Error(`The day with mlflow ${client}.x failed.`);
}

for (const client of clients) {
  await prepare(client);
  if (positionals[0] !== undefined) {
    await day(client, positionals[0]);
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), 'flywheel-mlflow-'));
  try {
    const server = await serverFor(client, folder);
    await day(client, server.url);
    await server.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
