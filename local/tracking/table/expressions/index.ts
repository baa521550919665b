import { type Condition, parseCondition } from './condition';
import { type KeyCondition, parseKeyCondition } from './key-condition';
import { parseUpdate, type Update } from './update';

export { bindKeys, type SortKeyTest } from './key-condition';
export type { Placeholders } from './scope';
export { checkPlaceholders } from './scope';
export { applyUpdate } from './update';

const REMEMBERED = 5000;

/** Remembers what was parsed: a store writes few distinct expressions, and each of them often. */
function remembering<T>(parse: (expression: string) => T): (expression: string | undefined) => T | undefined {
  const known = new Map<string, T>();
  return (expression) => {
    if (expression === undefined) return undefined;
    const found = known.get(expression);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED) known.clear();
    const parsed = parse(expression);
    known.set(expression, parsed);
    return parsed;
  };
}

export const conditionOf: (expression: string | undefined) => Condition | undefined =
  remembering(parseCondition);
export const updateOf: (expression: string | undefined) => Update | undefined = remembering(parseUpdate);
export const keyConditionOf: (expression: string | undefined) => KeyCondition | undefined =
  remembering(parseKeyCondition);
