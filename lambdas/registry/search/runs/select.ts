import { runStage } from '../../tracking/lifecycle';
import type { Lifecycle } from '../../tracking/tracking-store';
import { isInView } from '../experiments';
import type { Condition } from '../filter/condition';
import type { SortField } from '../order/fields';
import type { SortValue } from '../order/sort-key';
import type { ViewType } from '../search-service';
import { isAfter, isNaturalTail, rowComparator } from './comparators';
import { rowTest } from './query';
import type { RunIndex } from './run-index';
import { Top } from './top';

/** What a search for runs asks for, read and checked. */
export interface RunQuery {
  readonly conditions: readonly Condition[];
  readonly order: readonly SortField[];
  readonly view: ViewType;
  /** Sort values of the last run of the page before. */
  readonly after: readonly SortValue[] | undefined;
  /** At most so many rows. */
  readonly count: number;
}

/** The first rows of the index that match, in order. */
export function selectRows(index: RunIndex, experiment: Lifecycle, query: RunQuery): readonly number[] {
  const tests = rowTests(index, experiment, query);
  const matches = (row: number): boolean => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
  if (query.order.length === 2 && isNaturalTail(query.order)) return firstRows(index, matches, query.count);
  const top = new Top(query.count, rowComparator(index, query.order));
  for (let row = 0; row < index.count; row += 1) if (matches(row)) top.add(row);
  return top.sorted();
}

function rowTests(index: RunIndex, experiment: Lifecycle, query: RunQuery): ((row: number) => boolean)[] {
  const { view, after, order, conditions } = query;
  const tests = conditions.map((condition) => rowTest(index, condition));
  if (view !== 'ALL') tests.push((row) => isInView(runStage(index.lifecycle(row), experiment), view));
  if (after !== undefined) tests.push(isAfter(index, order, after));
  return tests;
}

/** Walks in the natural order until there are enough. */
function firstRows(index: RunIndex, matches: (row: number) => boolean, count: number): number[] {
  const found: number[] = [];
  for (const row of index.naturalOrder()) {
    if (found.length >= count) break;
    if (matches(row)) found.push(row);
  }
  return found;
}
