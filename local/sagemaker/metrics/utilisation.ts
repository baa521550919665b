import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { MetricDatum } from '../../runtime/services';

const NAMESPACE = '/aws/sagemaker/Endpoints';
const TICKS_PER_SECOND = 100;

/** What a process has used at a moment. */
export interface Usage {
  /** CPU seconds since it began, over all cores. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Real milliseconds. */
  readonly atMs: number;
}

/** Reads a process' usage; undefined where there is no /proc, or no such process any more. */
export async function readUsage(pid: number): Promise<Usage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    return parseUsage(stat, status, performance.now());
  } catch {
    return undefined;
  }
}

/** Fields 14 and 15 of /proc/<pid>/stat are user and system ticks, VmRSS of status is in KiB (man 5 proc). */
export function parseUsage(stat: string, status: string, atMs: number): Usage {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(afterName[11]) + Number(afterName[12]);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
    atMs,
  };
}

/** CPUUtilization (percent of one core, so up to 100 for each) and MemoryUtilization (percent of this machine's). */
export function utilisation(
  endpoint: string,
  variant: string,
  before: Usage,
  now: Usage,
  timestamp: Date,
): MetricDatum[] {
  const seconds = (now.atMs - before.atMs) / 1000;
  const values = {
    CPUUtilization: (100 * Math.max(0, now.cpuSeconds - before.cpuSeconds)) / seconds,
    MemoryUtilization: (100 * now.residentBytes) / totalmem(),
  };
  return Object.entries(values).map(([metricName, value]) => ({
    namespace: NAMESPACE,
    metricName,
    dimensions: { EndpointName: endpoint, VariantName: variant },
    value,
    unit: 'Percent',
    timestamp,
  }));
}
