import type { Baseline, FeatureBaseline } from '../../lambdas/monitoring/baseline';
import { outsideOf } from '../../lambdas/monitoring/baseline';
import type { FeatureCounts, Profile } from '../../lambdas/monitoring/profile';
import type { FileDrift, FileFeature } from './compare-files';

/** Categories beyond these are drawn as one bar. */
const MAX_BARS = 24;
const WIDTH = 440;
const HEIGHT = 120;

/** A report of one file that needs nothing else: no script, no network. Values of the data are text, whatever they hold. */
export function driftPage(drift: FileDrift, baseline: Baseline, profile: Profile): string {
  const drawn = [...drift.features]
    .sort((a, b) => (a.p ?? 2) - (b.p ?? 2))
    .map((feature) => {
      const before = baseline.features.find(({ name }) => name === feature.name)!;
      const now = profile.features.find(({ name }) => name === feature.name);
      return section(feature, before, now);
    });
  const { verdict, current, reasons } = drift;
  const drifted = drift.features.filter((feature) => feature.verdict === 'drift').length;
  const summary = `${current.rows.toLocaleString('en')} rows against ${drift.baseline.rows.toLocaleString('en')}; ${drifted} of ${drift.features.length} features drifted`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Drift: ${html(verdict)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1><span class="badge ${verdict}">${verdict}</span> Drift report</h1><p>${html(summary)}</p>
${reasons.map((reason) => `<p>${html(reason)}</p>`).join('')}
<p class="key"><i class="before"></i> baseline <i class="now"></i> current</p></header>
<main>${drawn.join('\n')}</main>
</body>
</html>
`;
}

function section(feature: FileFeature, before: FeatureBaseline, now: FeatureCounts | undefined): string {
  const facts = [
    ...(feature.psi === undefined ? [] : [['PSI', feature.psi.toFixed(3)]]),
    ...(feature.effect === undefined
      ? []
      : [['distance', `${feature.effect.toFixed(3)}, tolerated ${feature.tolerated?.toFixed(3)}`]]),
    ...(feature.p === undefined
      ? []
      : [['p', feature.p < 0.001 ? feature.p.toExponential(0) : feature.p.toFixed(3)]]),
    ...(feature.missingRate === undefined ? [] : [['missing', percent(feature.missingRate)]]),
    ...(feature.newValueRate === undefined ? [] : [['new values', percent(feature.newValueRate)]]),
  ] as [string, string][];
  const what = feature.verdict === 'drift' ? `: ${WHAT[feature.kind ?? 'distribution']}` : '';
  return `<section class="${feature.verdict}"><h2>${html(feature.name)} <small>${feature.verdict}${what}</small></h2>
${chart(before, now)}
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${html(value)}</dd></div>`).join('')}</dl></section>`;
}

const WHAT = {
  distribution: 'its distribution changed',
  missing: 'the share of missing values changed',
  'new-values': 'values came that the baseline lacks',
} as const;

interface Bar {
  readonly label: string;
  readonly before: number;
  readonly now: number;
}

function chart(before: FeatureBaseline, now: FeatureCounts | undefined): string {
  const bars = barsOf(before, now);
  const top = Math.max(...bars.flatMap((bar) => [bar.before, bar.now]), 0.01);
  const step = WIDTH / bars.length;
  const height = (share: number) => ((HEIGHT * share) / top).toFixed(1);
  const drawn = bars.map((bar, i) => {
    const rect = (kind: 'before' | 'now', share: number, x: number) =>
      `<rect class="${kind}" x="${(i * step + x * step).toFixed(1)}" y="${(HEIGHT - Number(height(share))).toFixed(1)}" width="${(step * 0.4).toFixed(1)}" height="${height(share)}"/>`;
    const title = `${bar.label}: baseline ${percent(bar.before)}, current ${percent(bar.now)}`;
    return `<g><title>${html(title)}</title>${rect('before', bar.before, 0.08)}${rect('now', bar.now, 0.5)}</g>`;
  });
  const labels =
    before.kind === 'categorical' && bars.length <= 12
      ? bars
          .map(
            (bar, i) =>
              `<text x="${((i + 0.5) * step).toFixed(1)}" y="${HEIGHT + 13}" text-anchor="middle">${html(short(bar.label, step))}</text>`,
          )
          .join('')
      : `<text x="0" y="${HEIGHT + 13}">${html(short(bars[0]?.label ?? '', 200))}</text><text x="${WIDTH}" y="${HEIGHT + 13}" text-anchor="end">${html(short(bars.at(-1)?.label ?? '', 200))}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 18}" role="img" aria-label="Shares of the rows by bin"><line x1="0" y1="${HEIGHT}" x2="${WIDTH}" y2="${HEIGHT}"/>${drawn.join('')}${labels}</svg>`;
}

/** Shares of all rows: the bins, then what is in none, then what is missing, where there is any. */
function barsOf(before: FeatureBaseline, now: FeatureCounts | undefined): Bar[] {
  const labels = before.kind === 'numeric' ? binLabels(before.edges) : before.categories;
  const counts = now?.counts ?? before.counts.map(() => 0);
  const rowsBefore = sum(before.counts) + outsideOf(before) + before.missing;
  const rowsNow = sum(counts) + (now?.outside ?? 0) + (now?.missing ?? 0);
  const bar = (label: string, a: number, b: number): Bar => ({
    label,
    before: a / Math.max(1, rowsBefore),
    now: b / Math.max(1, rowsNow),
  });
  const shown = labels.slice(0, MAX_BARS).map((label, i) => bar(label, before.counts[i]!, counts[i] ?? 0));
  const rest = labels.length - shown.length;
  const tail = (values: readonly number[]) => sum(values.slice(MAX_BARS));
  return [
    ...shown,
    ...(rest > 0 ? [bar(`${rest} more`, tail(before.counts), tail(counts))] : []),
    ...optional(bar(before.kind === 'numeric' ? 'no number' : 'new', outsideOf(before), now?.outside ?? 0)),
    ...optional(bar('missing', before.missing, now?.missing ?? 0)),
  ];
}

const optional = (bar: Bar): Bar[] => (bar.before + bar.now > 0 ? [bar] : []);

function binLabels(edges: readonly number[]): string[] {
  const text = edges.map((edge) => String(Number(edge.toPrecision(4))));
  const inner = text.slice(1).map((edge, i) => `over ${text[i]} to ${edge}`);
  return text.length === 0 ? ['all'] : [`up to ${text[0]}`, ...inner, `over ${text.at(-1)}`];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function short(label: string, pixels: number): string {
  const fits = Math.max(2, Math.floor(pixels / 6.5));
  const characters = [...label];
  return characters.length <= fits ? label : `${characters.slice(0, fits - 1).join('')}…`;
}

/** Text for HTML: markup and characters that hide or reverse text are made visible. */
function html(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is replaced
      .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\u241a')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

const STYLE = `
:root{--ink:#1f2430;--soft:#667085;--line:#e4e7ec;--before:#98a2b3;--now:#2563eb;--bad:#c2410c;--good:#15803d;--none:#667085}
body{margin:0;background:#f8f9fb;color:var(--ink);font:14px/1.5 system-ui,sans-serif}
header{padding:24px 32px 8px}h1{margin:0;font-size:22px}header p{margin:4px 0;color:var(--soft)}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:16px;padding:16px 32px 32px}
section{background:#fff;border:1px solid var(--line);border-top:3px solid var(--none);border-radius:6px;padding:12px 16px}
section.drift{border-top-color:var(--bad)}section.stable{border-top-color:var(--good)}
h2{margin:0 0 8px;font-size:15px;overflow-wrap:anywhere}small{font-weight:400;color:var(--soft)}section.drift small{color:var(--bad)}
svg{width:100%;height:auto}line{stroke:var(--line)}text{font-size:10px;fill:var(--soft)}
rect.before,i.before{fill:var(--before);background:var(--before)}rect.now,i.now{fill:var(--now);background:var(--now)}
.key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 4px 0 12px}
dl{display:flex;flex-wrap:wrap;gap:4px 20px;margin:8px 0 0}dt{display:inline;color:var(--soft)}dd{display:inline;margin:0 0 0 6px}
.badge{display:inline-block;padding:2px 10px;border-radius:12px;color:#fff;font-size:14px;vertical-align:middle;background:var(--none)}
.badge.drift{background:var(--bad)}.badge.stable{background:var(--good)}`;
