import type { Condition } from '../filter/condition';
import { numberTest, textTest } from '../filter/tests';
import type { SortField } from '../order/fields';
import type { SortValue } from '../order/sort-key';
import type { RunIndex, TextAttribute } from './run-index';

/** The tag that says what a run read a dataset for. */
const CONTEXT_TAG = 'mlflow.data.context';
const NAME_TAG = 'mlflow.runName';

/** The test of a row that the condition is. */
export function rowTest(index: RunIndex, condition: Condition): (row: number) => boolean {
  const { type, key } = condition;
  if (type === 'metric') return metricTest(index, condition);
  if (type === 'dataset') return datasetTest(index, condition);
  if (type === 'attribute' && (key === 'start_time' || key === 'end_time')) {
    const test = numberTest(condition);
    const column = key === 'start_time' ? index.startTimes : index.endTimes;
    return (row) => !Number.isNaN(column.values[row]) && test(column.values[row]!);
  }
  const column = isName(condition) ? index.tags.get(NAME_TAG) : textColumn(index, type, key);
  const test = index.pool.testOnCodes(textTest(condition));
  if (column !== undefined) return (row) => test(column.code(row));
  const always = test(0);
  return () => always;
}

/** Conditions on a run's name look at the tag that repeats it. */
const isName = ({ type, key }: Condition): boolean => type === 'attribute' && key === 'run_name';

/** The column of an attribute, param or tag; undefined when no run has the key. */
function textColumn(index: RunIndex, type: Condition['type'], key: string) {
  if (type === 'parameter') return index.params.get(key);
  return type === 'tag' ? index.tags.get(key) : index.attributes[key as TextAttribute];
}

function metricTest(index: RunIndex, condition: Condition): (row: number) => boolean {
  const column = index.metrics.get(condition.key);
  if (column === undefined) return () => false;
  const test = numberTest(condition);
  return (row) => column.has(row) && test(column.value(row));
}

/** Whether one of the run's datasets is so. */
function datasetTest(index: RunIndex, condition: Condition): (row: number) => boolean {
  const test = textTest(condition);
  const { key } = condition;
  if (key === 'context') {
    return (row) => index.datasets(row).some((dataset) => test(dataset.tags.get(CONTEXT_TAG)));
  }
  return (row) => index.datasets(row).some((dataset) => test(dataset[key as 'name' | 'digest']));
}

/** Reads the value of a row that a field sorts by. */
export function rowValue(index: RunIndex, { type, key }: SortField): (row: number) => SortValue {
  if (type === 'metric') {
    const column = index.metrics.get(key);
    if (column === undefined) return () => null;
    return (row) => (column.has(row) ? column.value(row) : null);
  }
  if (type === 'attribute' && key === 'start_time') return (row) => index.startTimes.values[row]!;
  if (type === 'attribute' && key === 'end_time') {
    return (row) => {
      const time = index.endTimes.values[row]!;
      return Number.isNaN(time) ? null : time;
    };
  }
  const column = textColumn(index, type, key);
  return (row) => column?.get(row) ?? null;
}

/** Whether the field of a run holds texts; otherwise numbers. */
export function isTextField({ type, key }: SortField): boolean {
  return !(type === 'metric' || (type === 'attribute' && (key === 'start_time' || key === 'end_time')));
}
