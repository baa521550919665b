import { describe, expect, it } from 'vitest';
import { Split } from '../../lib/training/split';
import { hasValidation, splitOf } from '../../lib/training/split-config';
import type { TrainingPipelineProps } from '../../lib/training/training-pipeline-props';

const props = (overrides: Partial<TrainingPipelineProps>) => overrides as TrainingPipelineProps;

describe('a split', () => {
  it('is by hash of the whole row unless something else is said, with a fifth held out', () => {
    expect(splitOf(props({}))).toEqual({ method: 'hash', holdout: 0.2, validation: 0 });
    expect(splitOf(props({ splitKey: 'flight_id', holdoutFraction: 0.3 }))).toEqual({
      ...{ method: 'hash', key: 'flight_id', holdout: 0.3, validation: 0 },
    });
  });

  it('has no more settings than were given, since its name is made of them', () => {
    expect(Split.byHash({ key: 'id', seed: 'x', validation: 0.1 })._config()).toEqual({
      ...{ method: 'hash', key: 'id', seed: 'x', holdout: 0.2, validation: 0.1 },
    });
    expect(Split.byTime({ column: 'day' })._config()).toEqual({
      ...{ method: 'time', column: 'day', holdout: 0.2, validation: 0 },
    });
    expect(Split.atTimes({ column: 'day', holdoutFrom: '2013-11-01' })._config()).toEqual({
      ...{ method: 'time', column: 'day', holdoutFrom: '2013-11-01' },
    });
  });

  it('has rows to validate with when it is told to', () => {
    const validates = (split: Split) => hasValidation(split._config());
    expect(validates(Split.byTime({ column: 'day' }))).toBe(false);
    expect(validates(Split.byTime({ column: 'day', validation: 0.1 }))).toBe(true);
    const cutoffs = { column: 'day', holdoutFrom: '2013-11-01', validationFrom: '2013-10-01' };
    expect(validates(Split.atTimes(cutoffs))).toBe(true);
  });

  it.each([
    [
      () => Split.byHash({ holdout: 0 }),
      "The hold-out's share is 0: give a share between 0 and 1, such as 0.2.",
    ],
    [() => Split.byTime({ column: 'a', holdout: 0.5, validation: 0.5 }), 'together they must be less than 1'],
    [() => Split.byHash({ validation: -0.1 }), "The validation's share is -0.1"],
    [() => Split.atTimes({ column: 'a', holdoutFrom: '' }), 'A cut-off of the split is empty'],
    [
      () => Split.atTimes({ column: 'a', holdoutFrom: '1', validationFrom: '1' }),
      'holdoutFrom and validationFrom are both 1',
    ],
    [
      () => splitOf(props({ split: Split.byTime({ column: 'day' }), splitKey: 'id' })),
      'split is given beside splitKey or holdoutFraction',
    ],
  ])('that leaves nothing to learn from, or says two things, is refused: %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
