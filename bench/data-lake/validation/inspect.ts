/** Inspects one file as a drop's file is inspected, and prints what it took. */
import { createReadStream, statSync } from 'node:fs';
import { inspectFile } from '../../../lambdas/data-lake/formats/inspect-file';
import { checkFile } from '../../../lambdas/data-lake/validation/check-file';
import { learnSchema } from '../../../lambdas/data-lake/validation/learn-schema';

async function main(path: string): Promise<void> {
  const { size } = statSync(path);
  const from = process.hrtime.bigint();
  const inspection = await inspectFile(createReadStream(path), { key: path, size }, undefined, {
    target: 'late',
  });
  const schema = learnSchema('bench', [inspection], { target: 'late' });
  const problems = checkFile(inspection, schema);
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  const result = {
    seconds,
    cpuSeconds,
    maxRssBytes: maxRSS * 1024,
    rows: inspection.rows,
    problems: problems.length,
  };
  process.stdout.write(JSON.stringify(result));
}

void main(process.argv[2]!);
