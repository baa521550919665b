/**
 * The drift rule on real rows: cuts CSV files into windows and prints how many drift from a baseline, and how many
 * times the alarm would go off. Run:
 * `node --import tsx bench/drift-flights.ts <rows a window> <baseline.json> <csv> ...`
 * (jobs/prepare.py writes the baseline, examples/flight-delays/make_data.py the CSV files.)
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseBaseline } from '../lambdas/monitoring/baseline';
import { confirmedDrift, type DriftedWindow } from '../lambdas/monitoring/confirmed-drift';
import { driftOf } from '../lambdas/monitoring/drift';
import { profileOf } from '../lambdas/monitoring/profiling/profiler';
import { DEFAULT_DRIFT } from '../lib/monitoring/contract';

const [size = '900', baselineFile, ...files] = process.argv.slice(2);
if (baselineFile === undefined || files.length === 0) {
  throw new Error('Usage: drift-flights.ts <rows a window> <baseline.json> <csv> ...');
}
const rowsAWindow = Number(size);
const baseline = parseBaseline(readFileSync(baselineFile, 'utf8'), baselineFile);
const names = baseline.features.map(({ name }) => name);

for (const file of files) {
  const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
  let windows: DriftedWindow[] = [];
  let drifted = 0;
  let pages = 0;
  let inAlarm = false;
  const byFeature = new Map<string, number>();
  for (let start = 0; start + rowsAWindow <= rows.length; start += rowsAWindow) {
    const inputs = rows.slice(start, start + rowsAWindow);
    const profile = profileOf(
      [{ inferenceId: file, at: new Date(0), inputs, problems: [] }],
      names,
      baseline,
    );
    const moved = driftOf(baseline, profile, DEFAULT_DRIFT).features.filter((feature) => feature.drifted);
    for (const { feature } of moved) {
      byFeature.set(feature, (byFeature.get(feature) ?? 0) + 1);
    }
    drifted += moved.length > 0 ? 1 : 0;
    windows = [{ modelVersion: 1, drifted: moved.map(({ feature }) => feature) }, ...windows];
    const confirmed = confirmedDrift(windows, DEFAULT_DRIFT).length > 0;
    pages += confirmed && !inAlarm ? 1 : 0;
    inAlarm = confirmed;
  }
  const features = [...byFeature].map(([feature, count]) => `${feature} ${count}`).join(', ');
  console.log(
    `${basename(file)}: ${windows.length} windows, ${drifted} drifted, ${pages} pages; ${features || 'no feature'}`,
  );
}
