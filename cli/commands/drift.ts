import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_DRIFT, type DriftSettings } from '../../lib/monitoring/contract';
import type { GlobalOptions } from '../context';
import { type FileDrift, judge, profileFiles, readBaseline } from '../drift/compare-files';
import { driftPage } from '../drift/page';
import { UserError } from '../errors';
import { print, table } from '../output';

interface DriftOptions {
  readonly baseline: string;
  readonly current?: string[];
  readonly ignore?: string[];
  readonly columns?: string[];
  readonly html?: string;
  readonly writeBaseline?: string;
  readonly minRows: number;
  readonly falseDiscoveryRate: number;
  readonly minEffect: number;
  readonly rateTolerance: number;
}

/** Exit status when a feature drifted; 1 is any error's. */
const DRIFTED = 2;
/** Exit status when there is no verdict. */
const INSUFFICIENT = 3;

export function addDrift(program: Command): void {
  program
    .command('drift')
    .description('compare files with a baseline, feature by feature; needs neither AWS nor a laptop runtime')
    .requiredOption(
      '--baseline <file>',
      'baseline.json of a training run, or the data to compare with: CSV, Parquet, JSON Lines or captures',
    )
    .option(
      '--current <files...>',
      'what is asked about: CSV, Parquet, JSON Lines or capture files, together',
    )
    .option('--ignore <columns>', 'columns that are no features, by comma: ids, the target', list)
    .option(
      '--columns <names>',
      'names of the values in captured CSV, by comma (default: the baseline order)',
      list,
    )
    .option('--html <file>', 'write a report to look at')
    .option('--write-baseline <file>', 'write the baseline for later comparisons, or for a ModelMonitor')
    .option('--min-rows <number>', 'fewer rows give no verdict', number(20), DEFAULT_DRIFT.minRows)
    .option(
      '--false-discovery-rate <share>',
      'expected share of false ones among the features called drifted',
      number(0, 0.5),
      DEFAULT_DRIFT.falseDiscoveryRate,
    )
    .option(
      '--min-effect <distance>',
      'a change of the distribution that is always tolerated; about PSI',
      number(0),
      DEFAULT_DRIFT.minEffect,
    )
    .option(
      '--rate-tolerance <share>',
      'a change of the share of missing or new values that is always tolerated',
      number(0, 1),
      DEFAULT_DRIFT.rateTolerance,
    )
    .addHelpText(
      'after',
      '\nExit status: 0 stable, 1 an error, 2 drift, 3 too little data for a verdict.\n\nExamples:\n  flywheel drift --baseline january.csv --current july.csv --ignore flight_id,late\n  flywheel drift --baseline baseline.json --current captures/*.jsonl --html report.html',
    )
    .action(async (options: DriftOptions, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      if (options.current === undefined && options.writeBaseline === undefined) {
        throw new UserError(
          'Say what to compare with --current, or where to put the baseline with --write-baseline.',
        );
      }
      const files = { ignore: options.ignore ?? [], columns: options.columns };
      const baseline = await readBaseline(options.baseline, files);
      if (options.writeBaseline !== undefined) {
        writeFileSync(options.writeBaseline, `${JSON.stringify(baseline)}\n`);
      }
      if (options.current === undefined) {
        print(
          globals.json,
          { baseline: options.writeBaseline, rows: baseline.rows },
          () =>
            `Wrote ${options.writeBaseline}: ${baseline.features.length} features of ${baseline.rows} rows.`,
        );
        return;
      }
      const profile = await profileFiles(options.current, baseline, files);
      const drift = judge(baseline, profile, settingsOf(options));
      if (options.html !== undefined) {
        writeFileSync(options.html, driftPage(drift, baseline, profile));
      }
      print(globals.json, drift, () => text(drift));
      process.exitCode =
        drift.verdict === 'drift' ? DRIFTED : drift.verdict === 'insufficient' ? INSUFFICIENT : 0;
    });
}

function settingsOf({ minRows, falseDiscoveryRate, minEffect, rateTolerance }: DriftOptions): DriftSettings {
  return { ...DEFAULT_DRIFT, minRows, falseDiscoveryRate, minEffect, rateTolerance };
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function number(atLeast: number, atMost = Number.POSITIVE_INFINITY): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value) || value < atLeast || value > atMost) {
      const limit = atMost === Number.POSITIVE_INFINITY ? `at least ${atLeast}` : `${atLeast} to ${atMost}`;
      throw new InvalidArgumentError(`Expected a number, ${limit}.`);
    }
    return value;
  };
}

function text(drift: FileDrift): string {
  const { verdict, reasons, baseline, current } = drift;
  const unread = current.undecodable === 0 ? '' : `, ${current.undecodable} requests could not be read`;
  const head = [
    `${verdict}: ${current.rows} rows against ${baseline.rows}${unread}`,
    ...reasons.map((reason) => `  ${reason}`),
  ];
  const rows = [...drift.features]
    .sort((a, b) => (a.p ?? 1) - (b.p ?? 1))
    .map(({ name, verdict, kind, psi, p, effect, tolerated, missingRate, newValueRate }) => [
      name,
      verdict,
      verdict === 'drift' ? (kind ?? '') : '',
      psi?.toFixed(3) ?? '',
      effect?.toFixed(3) ?? '',
      tolerated?.toFixed(3) ?? '',
      p === undefined ? '' : p.toExponential(0),
      missingRate === undefined ? '' : `${(100 * missingRate).toFixed(1)} %`,
      newValueRate === undefined ? '' : `${(100 * newValueRate).toFixed(1)} %`,
    ]);
  const header = [
    'feature',
    'verdict',
    'what moved',
    'psi',
    'distance',
    'tolerated',
    'p',
    'missing',
    'new values',
  ];
  return [...head, '', table(header, rows)].join('\n');
}
