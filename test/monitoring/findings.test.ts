import { expect, test } from 'vitest';
import type { FeatureDrift } from '../../lambdas/monitoring/drift';
import type { WindowEvaluation } from '../../lambdas/monitoring/evaluate-window/evaluation';
import { driftFindings } from '../../lambdas/monitoring/findings';

const feature = (name: string, changes: Partial<FeatureDrift> = {}): FeatureDrift => ({
  feature: name,
  drifted: true,
  kind: 'distribution',
  p: 1e-6,
  psi: 0.1,
  effect: 0.1,
  tolerated: 0.005,
  rows: 1000,
  missingRate: 0,
  newValueRate: 0,
  ...changes,
});
const window = (...features: FeatureDrift[]) =>
  ({ drift: { verdict: 'drift', reasons: [], features } }) as unknown as WindowEvaluation;

test('findings name what moved, the greatest change first, as the newest window that drifted saw it', () => {
  const windows = [
    window(
      feature('temp', { psi: 0.3, drifted: false }),
      feature('wind', { kind: 'missing', missingRate: 0.25 }),
    ),
    window(feature('temp', { psi: 0.42 }), feature('wind', { psi: 9 })),
  ];
  expect(driftFindings(['wind', 'temp', 'gone'], windows)).toEqual([
    'feature "temp" drifted: its distribution changed (PSI 0.42)',
    'feature "wind" drifted: the share of its missing values changed, now 25.0 % (PSI 0.10)',
  ]);
});

test('findings stay short when everything moves', () => {
  const names = Array.from({ length: 200 }, (_, i) => `f${i}`);
  const findings = driftFindings(names, [window(...names.map((name) => feature(name)))]);
  expect(findings).toHaveLength(11);
  expect(findings.at(-1)).toBe('and 190 more features drifted');
});
