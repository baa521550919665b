/**
 * How often the drift alarm pages without reason, and how often it sees a change: simulated, with 20 features and
 * hourly windows, for Flywheel's rule and two that are common elsewhere. Run: `node --import tsx bench/drift.ts`
 */
import { cpus } from 'node:os';
import { generator, normal } from './drift/random';
import { RULES, type Rule } from './drift/rules';
import { baseline, type Change, FEATURES, psiOf, window } from './drift/world';

const SEED = 20_130_101;
const BASELINE_ROWS = 50_000;
const BLOCKS = 50;
const WINDOWS_A_MONTH = 720;
const WINDOWS_A_DAY = 24;

interface FalseAlarms {
  readonly pages: number;
  readonly monthsWithPage: number;
  readonly windowsInAlarm: number;
}

/** Pages of each rule over simulated months in which nothing happens but, where asked for, the daily sway. */
function quietMonths(rows: number, months: number, sway: number): Map<Rule, FalseAlarms> {
  const random = generator(SEED + rows + 1000 * sway);
  const totals = new Map(RULES.map((rule) => [rule, { pages: 0, monthsWithPage: 0, windowsInAlarm: 0 }]));
  for (let month = 0; month < months; month++) {
    const learnt = baseline(random, BASELINE_ROWS, BLOCKS, sway);
    const states = RULES.map((rule) => ({ rule, pages: rule.start(learnt), before: false, count: 0 }));
    let today: Change[] = [];
    for (let hour = 0; hour < WINDOWS_A_MONTH; hour++) {
      if (sway > 0 && hour % WINDOWS_A_DAY === 0) {
        today = Array.from({ length: FEATURES }, () => ({ shift: sway * normal(random) }));
      }
      const profile = window(random, rows, today);
      for (const state of states) {
        const inAlarm = state.pages(profile);
        const total = totals.get(state.rule)!;
        total.windowsInAlarm += inAlarm ? 1 : 0;
        state.count += inAlarm && !state.before ? 1 : 0;
        state.before = inAlarm;
      }
    }
    for (const { rule, count } of states) {
      const total = totals.get(rule)!;
      total.pages += count;
      total.monthsWithPage += count > 0 ? 1 : 0;
    }
  }
  return totals;
}

/** Share of trials in which a rule pages within three windows after one feature changed. */
function detection(rows: number, change: Change, trials: number): Map<Rule, number> {
  const random = generator(SEED + rows);
  const baselines = Array.from({ length: 5 }, () => baseline(random, BASELINE_ROWS, BLOCKS, 0));
  const seen = new Map(RULES.map((rule) => [rule, 0]));
  for (let trial = 0; trial < trials; trial++) {
    const states = RULES.map((rule) => ({ rule, pages: rule.start(baselines[trial % baselines.length]!) }));
    const windows = [1, 2, 3].map(() => window(random, rows, [change]));
    for (const { rule, pages } of states) {
      seen.set(rule, seen.get(rule)! + (windows.map(pages).includes(true) ? 1 : 0));
    }
  }
  return new Map([...seen].map(([rule, count]) => [rule, count / trials]));
}

function table(header: string[], rows: string[][]): void {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  console.log([line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n'));
  console.log();
}

const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`;
const names = RULES.map(({ name }) => name);
const started = performance.now();

console.log(`Seed ${SEED}, Node ${process.version}, ${cpus().length} cores\n`);
console.log('Pages per model-month (months with any), nothing has changed:\n');
const quiet: [string, number, number, number][] = [
  ['stationary, 200 rows a window', 200, 12, 0],
  ['stationary, 1000 rows a window', 1000, 12, 0],
  ['stationary, 5000 rows a window', 5000, 4, 0],
  ['means sway by .1 sigma from day to day, 1000 rows', 1000, 12, 0.1],
];
table(
  ['traffic', ...names],
  quiet.map(([what, rows, months, sway]) => [
    `${what} (${months} months)`,
    ...[...quietMonths(rows, months, sway).values()].map(
      ({ pages, monthsWithPage, windowsInAlarm }) =>
        `${(pages / months).toFixed(2)} (${percent(monthsWithPage / months)}); ` +
        `in alarm ${percent(windowsInAlarm / months / WINDOWS_A_MONTH)} of the time`,
    ),
  ]),
);

console.log('Seen within three windows, one of 20 features has changed:\n');
const changes: [string, Change, number[]][] = [
  ...[0.1, 0.2, 0.25, 0.32, 0.5].map((shift): [string, Change, number[]] => [
    `mean moved by ${shift} sigma (PSI ${psiOf(shift).toFixed(3)})`,
    { shift },
    shift < 0.3 ? [200, 600, 1100, 5000] : [200, 600, 1100],
  ]),
  ['10 % missing where none was', { missing: 0.1 }, [200, 600, 1100]],
  ['10 % new values where none was', { outside: 0.1 }, [200, 600, 1100]],
];
table(
  ['change', 'rows a window', ...names],
  changes.flatMap(([what, change, sizes]) =>
    sizes.map((rows) => [
      what,
      String(rows),
      ...[...detection(rows, change, rows > 1100 ? 40 : 100).values()].map(percent),
    ]),
  ),
);
console.log(`Took ${((performance.now() - started) / 1000).toFixed(0)} s`);
