import { describe, expect, it } from 'vitest';
import { FixedClock } from '../../lambdas/shared/clock';
import { createHandler, type RecordSplitDeps } from '../../lambdas/training/record-split/index';
import { type RecordedSplit, splitId, withRecordedCutoffs } from '../../lambdas/training/splits';
import type { SplitConfig } from '../../lib/training/contract';

const SPLIT: SplitConfig = { method: 'time', column: 'day', holdout: 0.2 };
const PREPARED = {
  ...SPLIT,
  holdoutFrom: '2013-11-02T00:00:00Z',
  rows: { train: 80, validation: 0, holdout: 20 },
};

function recording(text = JSON.stringify(PREPARED)) {
  const recorded: unknown[] = [];
  const updates: unknown[] = [];
  const reads: string[] = [];
  const deps: RecordSplitDeps = {
    store: { updateRun: async (...args) => void updates.push(args) },
    readText: async (key) => {
      reads.push(key);
      return text;
    },
    recordSplit: async (...args) => void recorded.push(args),
    clock: new FixedClock('2013-12-01T00:00:00Z'),
  };
  return { recorded, updates, reads, handler: createHandler(deps) };
}

const request = { runId: 'run-1', dataset: 'flights', datasetVersion: 'abc', split: SPLIT };

describe('recording a split', () => {
  it('keeps with the dataset version what its cut-offs were and how many rows are on each side', async () => {
    const { recorded, reads, handler } = recording();
    expect(await handler(request)).toEqual({ split: splitId(SPLIT) });
    expect(reads).toEqual(['runs/run-1/baseline/split.json']);
    expect(recorded).toEqual([
      [
        'flights',
        'abc',
        splitId(SPLIT),
        {
          ...SPLIT,
          holdoutFrom: '2013-11-02T00:00:00Z',
          rows: { train: 80, validation: 0, holdout: 20 },
          ...{ runId: 'run-1', recordedAt: '2013-12-01T00:00:00.000Z' },
        },
      ],
    ]);
  });

  it('keeps it with the run as well', async () => {
    const { updates, handler } = recording();
    await handler(request);
    expect(updates).toEqual([
      [
        'run-1',
        {
          params: {
            'flywheel.split': splitId(SPLIT),
            'flywheel.split.holdoutFrom': '2013-11-02T00:00:00Z',
            'flywheel.split.trainRows': '80',
            'flywheel.split.validationRows': '0',
            'flywheel.split.holdoutRows': '20',
          },
        },
      ],
    ]);
  });

  it('names the run whose preparation left no rows', async () => {
    await expect(recording('{}').handler(request)).rejects.toThrow(/The split of run run-1[\s\S]*rows/);
  });
});

describe('the name of a split', () => {
  it('depends on its settings, not on their order, nor on what they came to', () => {
    expect(splitId({ holdout: 0.2, column: 'day', method: 'time' })).toBe(splitId(SPLIT));
    expect(splitId({ ...SPLIT, key: undefined })).toBe(splitId(SPLIT));
    expect(splitId({ ...SPLIT, holdout: 0.3 })).not.toBe(splitId(SPLIT));
  });

  it('finds the cut-offs that the version was split at before, and only those of the same settings', () => {
    const recorded = { [splitId(SPLIT)]: { ...PREPARED, runId: 'run-1' } as unknown as RecordedSplit };
    expect(withRecordedCutoffs(SPLIT, recorded)).toEqual({ ...SPLIT, holdoutFrom: PREPARED.holdoutFrom });
    const other: SplitConfig = { ...SPLIT, holdout: 0.3 };
    expect(withRecordedCutoffs(other, recorded)).toEqual(other);
  });
});
