import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { deployApp } from '../runtime/deploy';
import { quietSdk } from '../runtime/quiet-sdk';
import { type Runtime, startRuntime } from '../runtime/runtime';
import { closing } from './closing';
import { makeFlightData } from './flights';
import { Narrator } from './narrator';
import { openWorld } from './open-world';
import { type LoopOptions, parseLoopOptions } from './options';
import { tellStory } from './story';
import { tryNext } from './try-next';

const ROOT = join(__dirname, '..', '..');
const STATE = relative(process.cwd(), join(ROOT, '.flywheel'));
const DATA = join(STATE, 'data');
const SCRATCH = join(STATE, 'scratch');
const DEPARTURES = join(STATE, 'departures.csv');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const STACK = 'FlightDelays';

async function main(): Promise<void> {
  quietSdk();
  const narrator = new Narrator();
  const options = parseLoopOptions(process.argv.slice(2), process.stdout.isTTY === true);
  rmSync(join(STATE, 'timeline.json'), { force: true });
  rmSync(SCRATCH, { recursive: true, force: true });
  mkdirSync(SCRATCH, { recursive: true });
  narrator.line('writing the flights of 2013 as one CSV a month (once)');
  await makeFlightData(PYTHON, DATA);
  narrator.line(`starting the laptop runtime, ${options.speed} times as fast as the wall's clock`);
  const runtime = await startRuntime({
    port: options.port,
    speed: options.speed,
    notice: (text) => narrator.line(text),
    onFailure: (error) => {
      narrator.text(`\nThe runtime failed: ${error.message}`);
      process.kill(process.pid, 'SIGTERM');
    },
  });
  const stop = closing(runtime);
  try {
    await turnTheWheel(runtime, narrator, options);
  } catch (error) {
    narrator.text(`\nThe wheel stopped: ${(error as Error).message}`);
    narrator.text(`Logs: ${runtime.stateDir}`);
    process.exitCode = 1;
    if (options.keep) {
      narrator.text(`Up at ${runtime.endpointUrl} until Ctrl-C.`);
      await new Promise(() => undefined);
    }
  } finally {
    await stop();
  }
}

async function turnTheWheel(runtime: Runtime, narrator: Narrator, options: LoopOptions): Promise<void> {
  narrator.line(`up at ${runtime.endpointUrl}; deploying stack ${STACK} with the CDK CLI`);
  const { bootstrapSeconds, deploySeconds } = await deployApp(runtime, { stack: STACK });
  narrator.line(
    `bootstrapped and synthesised in ${bootstrapSeconds.toFixed(1)} s, deployed in ${deploySeconds.toFixed(1)} s`,
  );
  const world = await openWorld({
    runtime,
    narrator,
    stack: STACK,
    data: DATA,
    scratch: SCRATCH,
    timeline: join(STATE, 'timeline.json'),
  });
  try {
    await tellStory(world, options.short);
  } finally {
    await world.events.close();
  }
  narrator.line('every step did what it should; .flywheel/timeline.json has the turns');
  if (!options.exit) {
    tryNext(narrator, { runtime, outputs: world.outputs, data: DATA, departuresFile: DEPARTURES });
    await new Promise(() => undefined);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
