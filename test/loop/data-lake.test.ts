import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../cli/program';
import { DetailType } from '../../lib/events-contract';
import { drop, governorDecision, lakeVerdict, runToEnd } from '../../local/loop/drops';
import { makeFlightData, monthFile } from '../../local/loop/flights';
import { Narrator } from '../../local/loop/narrator';
import { openWorld } from '../../local/loop/open-world';
import { requestTraining } from '../../local/loop/steps/deferred';
import type { World } from '../../local/loop/world';
import { deploy } from '../../local/runtime/deploy';
import { freePort } from '../../local/runtime/ports';
import { projectPython } from '../../local/runtime/python';
import { type Runtime, startRuntime } from '../../local/runtime/runtime';

const STACK = 'FlightsLake';
const ROWS = 2000;
/** Place of the column `distance`. */
const DISTANCE = 6;

let root: string;
let runtime: Runtime;
let world: World;

/** The versions that the story makes, by what they are. */
const versions: Record<string, string> = {};
/** Instants between them. */
const instants: Record<string, string> = {};

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'flywheel-lake-'));
  const data = join('.flywheel', 'data');
  await makeFlightData(projectPython(), data);
  runtime = await startRuntime({ port: await freePort(), speed: 60, root });
  await deploy({
    endpointUrl: runtime.endpointUrl,
    app: 'node --import tsx test/loop/lake-app.ts',
    workDir: runtime.stateDir,
  });
  world = await openWorld({
    runtime,
    narrator: new Narrator(() => undefined),
    stack: STACK,
    data,
    scratch: root,
    timeline: join(root, 'timeline.json'),
  });
}, 180_000);

afterAll(async () => {
  await world?.events.close();
  await runtime?.close();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

/** The command as a person calls it; what it printed, and its exit status. */
async function flywheel(...args: string[]): Promise<{ text: string; status: number }> {
  let text = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  process.exitCode = undefined;
  try {
    const options = ['--stack', STACK, '--endpoint-url', runtime.endpointUrl];
    await createProgram().parseAsync(['node', 'flywheel', ...options, ...args]);
    return { text, status: Number(process.exitCode ?? 0) };
  } finally {
    out.mockRestore();
    process.exitCode = undefined;
    if (process.env.FLYWHEEL_LOOP_SHOW !== undefined) {
      process.stdout.write(`\n$ flywheel ${args.join(' ')}\n${text}\n`);
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: each command prints a shape of its own
const json = async (...args: string[]): Promise<any> => JSON.parse((await flywheel('--json', ...args)).text);

/** The first rows of a month, under the name of the month's file. */
function month(number: number, change: (line: string, index: number) => string = (line) => line): string {
  const [header, ...lines] = readFileSync(monthFile(world.data, number), 'utf8').trimEnd().split('\n');
  const folder = mkdtempSync(join(root, 'drop-'));
  const file = join(folder, basename(monthFile(world.data, number)));
  writeFileSync(file, `${[header, ...lines.slice(0, ROWS).map(change)].join('\n')}\n`);
  return file;
}

/** Drops a file and waits for what the lake makes of it. */
async function dropped(name: string, file: string): Promise<string> {
  await drop(world, [file]);
  const { detail } = await lakeVerdict(world);
  versions[name] = detail.datasetVersion;
  instants[name] = world.now().toISOString();
  return detail.datasetVersion;
}

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** Some distances are words, as a broken export has them. */
const broken = (line: string, index: number): string =>
  index % 50 === 7
    ? line
        .split(',')
        .map((cell, at) => (at === DISTANCE ? 'unknown' : cell))
        .join(',')
    : line;

const files: Record<string, string> = {};

describe('flights, month by month', () => {
  it('become a version each, and a model learns from the first', async () => {
    files.january = month(1);
    await dropped('january', files.january);
    await requestTraining(world, 'the first month is there');
    const decided = await governorDecision(world, 'manual');
    expect(decided.detail.decision).toBe('start');
    instants.run = decided.detail.runId;
    files.february = month(2);
    await dropped('february', files.february);
    const listed = await json('data', 'list');
    expect(listed.map(({ id, current, rows }: Record<string, unknown>) => [id, current, rows])).toEqual([
      [versions.february, true, 2 * ROWS],
      [versions.january, false, ROWS],
    ]);
    expect((await flywheel('data', 'list')).text).toContain(`${versions.february?.slice(0, 12)} *`);
  }, 120_000);

  it('are compared, file by file and column by column', async () => {
    files.corrected = month(2, (line, index) =>
      index === 0 ? line.replace(/,[01]$/, (late) => (late === ',0' ? ',1' : ',0')) : line,
    );
    await dropped('corrected', files.corrected);
    const found = await json('data', 'diff', versions.january!.slice(0, 10), 'current');
    expect(found.files.added.map(({ key }: { key: string }) => key)).toEqual([basename(files.february!)]);
    const changed = await json('data', 'diff', versions.february!, versions.corrected!);
    expect(changed.files.changed).toHaveLength(1);
    expect(changed.files.unchanged).toBe(1);
    const { text } = await flywheel('data', 'diff', versions.january!, 'current');
    expect(text).toContain(`+ ${basename(files.february!)}`);
    expect(text).toContain('distance');
  });

  it('are what they were on a date', async () => {
    for (const name of ['january', 'february', 'corrected']) {
      expect((await json('data', 'as-of', instants[name]!)).version.id).toBe(versions[name]);
    }
  });

  it('are pulled to a folder, byte for byte, an overwritten month as well', async () => {
    const [before, now] = [join(root, 'february'), join(root, 'corrected')];
    await flywheel('data', 'get', versions.february!.slice(0, 12), before);
    await flywheel('data', 'get', 'current', now);
    const january = { [basename(files.january!)]: readFileSync(files.january!, 'utf8') };
    const name = basename(files.february!);
    expect(contents(before)).toEqual({ ...january, [name]: readFileSync(files.february!, 'utf8') });
    expect(contents(now)).toEqual({ ...january, [name]: readFileSync(files.corrected!, 'utf8') });
  });
});

describe('a bad month', () => {
  it('is found before it is dropped', async () => {
    files.bad = month(3, broken);
    const { text, status } = await flywheel('data', 'validate', files.bad);
    expect(status).toBe(1);
    expect(text).toContain('the lake would keep this out');
    expect(await flywheel('data', 'validate', month(4))).toMatchObject({ status: 0 });
  });

  it('is kept out, and let through with a reason that is recorded', async () => {
    await drop(world, [files.bad!]);
    const { detailType, detail } = await lakeVerdict(world);
    expect(detailType).toBe(DetailType.DROP_QUARANTINED);
    expect((await json('data', 'list'))[0]).toMatchObject({
      id: detail.datasetVersion,
      status: 'quarantined',
    });
    const reason = 'unknown distances are what the source has for March';
    const accepted = await json(
      'data',
      'accept',
      detail.datasetVersion.slice(0, 12),
      '--reason',
      reason,
      '--by',
      'ada',
    );
    versions.accepted = accepted.version;
    const shown = await json('data', 'show');
    expect(shown).toMatchObject({ current: true, version: { id: versions.accepted, status: 'accepted' } });
    expect(shown.version.acceptance).toMatchObject({ reason, by: 'ada' });
    expect((await flywheel('data', 'show')).text).toContain(`accepted   by ada`);
  });
});

describe('versions that nothing needs', () => {
  it('are told from the one that the live model was made of', async () => {
    const turn = await runToEnd(world, instants.run!, instants.january!);
    expect(turn).toMatchObject({ deployment: 'live', datasetVersion: versions.january });
    const { text } = await flywheel('data', 'lineage', 'flight-delays:1');
    expect(text).toContain('model flight-delays:1, live');
    expect(text).toContain(basename(files.january!));
    expect((await flywheel('data', 'lineage', files.january!)).text).toContain(
      'model flight-delays:1, live now',
    );
    const shown = await json('data', 'show', versions.january!);
    expect(Object.values(shown.version.splits)).toMatchObject([
      { method: 'hash', key: 'flight_id', holdout: 0.2, runId: instants.run },
    ]);
  }, 180_000);

  it('are removed, and with them only bytes that no version has that stays', async () => {
    const planned = await json('data', 'gc', '--keep-last', '1');
    expect(planned.collect).toEqual([versions.february, versions.corrected]);
    expect(planned.removed).toMatchObject({ objects: 1, bytes: readFileSync(files.february!).length });
    expect(await json('data', 'list')).toHaveLength(4);
    const done = await json('data', 'gc', '--keep-last', '1', '--delete');
    expect(done.removed).toEqual(planned.removed);
    expect((await flywheel('data', 'gc', '--keep-last', '1')).text).toContain('Nothing to remove.');
    for (const name of ['january', 'accepted']) {
      const folder = join(root, `after-gc-${name}`);
      await flywheel('data', 'get', versions[name]!, folder);
      expect(contents(folder)[basename(files.january!)]).toBe(readFileSync(files.january!, 'utf8'));
    }
    await expect(flywheel('data', 'get', versions.february!, join(root, 'gone'))).rejects.toThrow(
      'has no version',
    );
  });
});
