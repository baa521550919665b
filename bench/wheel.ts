/**
 * Turns the whole wheel once (npm start -- --exit) and measures what the README states: the time of the story, the
 * memory of all processes together, and how much of the way from a drop to a live model is Flywheel's own.
 *
 * Run: node --import tsx bench/wheel.ts
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const SAMPLE_MS = 1000;

interface Sample {
  readonly processes: number;
  readonly pssMegabytes: number;
}

function main(): void {
  const started = Date.now();
  const child = spawn('npm', ['start', '--silent', '--', '--exit', '--port', '4799'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const samples: Sample[] = [];
  const sampler = setInterval(() => samples.push(measure(child.pid ?? 0)), SAMPLE_MS);
  child.on('close', (code) => {
    clearInterval(sampler);
    report(code, (Date.now() - started) / 1000, samples, output);
    process.exitCode = code ?? 1;
  });
}

/** Proportional set size (shared pages counted once) of a process and all below it. Linux only. */
function measure(root: number): Sample {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = read(`/proc/${entry}/status`).match(/^PPid:\t(\d+)/m)?.[1];
    parents.set(Number(entry), Number(parent ?? 0));
  }
  const below = [...parents.keys()].filter((pid) => descends(pid, root, parents));
  const pss = below.map((pid) => Number(read(`/proc/${pid}/smaps_rollup`).match(/^Pss:\s+(\d+)/m)?.[1] ?? 0));
  return { processes: below.length, pssMegabytes: pss.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024 };
}

function descends(pid: number, root: number, parents: Map<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at !== 0; at = parents.get(at)) {
    if (at === root) {
      return true;
    }
  }
  return false;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function report(code: number | null, seconds: number, samples: readonly Sample[], output: string): void {
  const peak = samples.reduce((most, sample) => (sample.pssMegabytes > most.pssMegabytes ? sample : most), {
    processes: 0,
    pssMegabytes: 0,
  });
  const lines = [
    `machine: ${cpus().length} cores, ${cpus()[0]?.model}`,
    `exit code ${code}`,
    `npm start -- --exit: ${seconds.toFixed(0)} s`,
    `memory of all processes at the peak: ${peak.pssMegabytes.toFixed(0)} MB in ${peak.processes} processes`,
    ...output.split('\n').filter((line) => /bootstrapped and synthesised|of that .* in jobs/.test(line)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main();
