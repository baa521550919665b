/** Reads one of the sources and prints what came out and how much memory it took: run in a process of its own. */
import { inspectFile } from '../../../../lambdas/data-lake/formats/inspect-file';
import { checkFile } from '../../../../lambdas/data-lake/validation/check-file';
import { SOURCES } from './sources';

async function main(name: string): Promise<void> {
  const { key, chunks, size } = SOURCES[name]!;
  const inspection = await inspectFile(chunks(), { key, size }, undefined);
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
