/** Reads one of the sources and prints what came out and how much memory it took: run in a process of its own. */
import { open } from 'node:fs/promises';
import { inspectFile } from '../../../../lambdas/data-lake/formats/inspect-file';
import { checkFile } from '../../../../lambdas/data-lake/validation/check-file';
import { SOURCES } from './sources';

function inspectSource(name: string) {
  const { key, chunks, size } = SOURCES[name]!;
  return inspectFile(chunks(), { key, size }, undefined);
}

/** Reads a file as objects of the lake are read: the parts that are needed. */
async function inspectParquet(path: string) {
  const file = await open(path);
  const { size } = await file.stat();
  const range = async (start: number, end: number) =>
    (await file.read(Buffer.alloc(end - start), 0, end - start, start)).buffer;
  const head = async function* () {
    yield await range(0, Math.min(size, 65_536));
  };
  return inspectFile(head(), { key: 'a.parquet', size }, undefined, { range });
}

async function main(name: string): Promise<void> {
  const inspection = name.endsWith('.parquet') ? await inspectParquet(name) : await inspectSource(name);
  const result = {
    checks: checkFile(inspection, undefined).map(({ check }) => check),
    rows: inspection.rows,
    columns: inspection.columns.length,
    inspectionBytes: JSON.stringify(inspection).length,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.stdout.write(JSON.stringify(result));
}

void main(process.argv[2]!);
