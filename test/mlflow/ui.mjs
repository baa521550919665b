// MLflow's own web UI against the standalone server, in headless Chromium: fills in data with the real client, opens
// each page, and fails when a page throws, a request fails, or what should be seen is not there.
//   node test/mlflow/ui.mjs [--screenshots FOLDER]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { environmentOf, prepare, pythonOf, root } from './environments.mjs';
import { startServer } from './server.mjs';

const { values } = parseArgs({ options: { screenshots: { type: 'string' } } });
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Parts of MLflow that this server does not have; the UI copes. */
const MAY_FAIL = [/\/ajax-api\/\d\.0\/mlflow\/(users|gateway|assistant|jobs|scorers|issues)\b/];

/** What somebody who has been there before has in the browser: no welcome panel, and the pages of model training. */
const REMEMBERED = {
  'mlflow.assistant.fab.autoOpenedOnFirstLoad_v1': 'true',
  'mlflow.workflowType_v1': '"machine_learning"',
};

async function seed(url) {
  const python = spawn(pythonOf('3'), ['-W', 'ignore', join(root, 'test', 'mlflow', 'seed.py'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(python.stdout), once(python, 'exit')]);
  if (code !== 0) throw new Error(`Filling in data failed with status ${code}.`);
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** Each page with texts that must be on it. */
function pagesOf({ experiment, runs, modelRun, loggedModel, model }) {
  const some = encodeURIComponent(JSON.stringify(runs.slice(0, 3)));
  const experiments = encodeURIComponent(JSON.stringify([experiment]));
  return [
    ['experiments', '/experiments', ['flight delays', '<img src=x onerror="document.title=1">']],
    ['runs', `/experiments/${experiment}/runs`, ['rate-0.12', 'model 2', 'flights']],
    ['charts', `/experiments/${experiment}/runs?compareRunsMode=CHART`, ['loss', 'accuracy']],
    ['run', `/experiments/${experiment}/runs/${runs[4]}`, ['rate-0.12', 'learning_rate', '0.12', 'flights']],
    ['run-metrics', `/experiments/${experiment}/runs/${runs[4]}/model-metrics`, ['loss', 'accuracy']],
    [
      'run-artifacts',
      `/experiments/${experiment}/runs/${runs[4]}/artifacts/config.json`,
      ['config.json', 'notes'],
    ],
    ['run-with-model', `/experiments/${experiment}/runs/${modelRun}`, ['classifier', 'flight-delays']],
    [
      'compare',
      `/compare-runs?runs=${some}&experiments=${experiments}`,
      ['Comparing 3 Runs', 'learning_rate'],
    ],
    ['logged-models', `/experiments/${experiment}/models`, ['classifier']],
    ['logged-model', `/experiments/${experiment}/models/${loggedModel}`, ['classifier', loggedModel]],
    ['models', '/models', [model]],
    ['model', `/models/${model}`, ['Says which flights will be late.', 'Version 2']],
    ['model-version', `/models/${model}/versions/2`, ['Version 2', 'validated', 'candidate']],
  ];
}

async function visit(browser, url, [name, path, texts]) {
  const problems = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript((items) => {
    for (const [key, value] of Object.entries(items)) localStorage.setItem(key, value);
  }, REMEMBERED);
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`${name}: the page threw ${error.message}`));
  page.on('dialog', (dialog) => problems.push(`${name}: a dialog opened: ${dialog.message()}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') problems.push(`${name}: ${request.method()} ${request.url()}: ${why}`);
  });
  page.on('response', (response) => {
    const address = response.url();
    if (response.status() < 400 || MAY_FAIL.some((allowed) => allowed.test(address))) return;
    problems.push(`${name}: ${response.request().method()} ${address} answered ${response.status()}`);
  });
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(data|blob):/.test(address))
      problems.push(`${name}: it asked ${address}`);
  });
  await page.goto(`${url}/#${path}`);
  for (const text of texts) {
    try {
      await page.getByText(text, { exact: false }).first().waitFor({ state: 'visible', timeout: 30_000 });
    } catch {
      problems.push(`${name}: "${text}" is not to be seen`);
    }
  }
  await page.waitForLoadState('networkidle', { timeout: 15_000 }).catch(() => undefined);
  if ((await page.title()) === '1') problems.push(`${name}: a name ran as a script`);
  if (values.screenshots !== undefined) {
    await page.waitForTimeout(1000);
    await page.screenshot({ path: join(values.screenshots, `mlflow-${name}.png`) });
  }
  await context.close();
  console.log(`${problems.length === 0 ? 'ok' : 'FAILED'}  ${name}`);
  return problems;
}

await prepare('3');
if (values.screenshots !== undefined) mkdirSync(values.screenshots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'flywheel-mlflow-ui-'));
const server = await startServer(
  ...['--default-artifact-root', 'mlflow-artifacts:/', '--artifacts-destination', folder],
  ...['--ui', environmentOf('3')],
);
// Without a sandbox: a container's root may have none, and only our own pages are opened.
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const pages = pagesOf(await seed(server.url));
  const problems = [];
  for (const page of pages) problems.push(...(await visit(browser, server.url, page)));
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
