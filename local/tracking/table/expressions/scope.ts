import { invalid } from '../errors';
import type { Item, Value } from '../values';

/** What a request gives beside its expressions. */
export interface Placeholders {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, Value>>;
}

/** What an expression is evaluated against. */
export interface Scope extends Placeholders {
  readonly item: Item;
}

/** `#n`, `:v` and bare attribute names of one expression. */
export interface References {
  readonly names: Set<string>;
  readonly values: Set<string>;
}

export const noReferences = (): References => ({ names: new Set(), values: new Set() });

/** @throws ValidationException unless the placeholders that are used are those that are given. */
export function checkPlaceholders(used: readonly (References | undefined)[], given: Placeholders): void {
  checkSame('ExpressionAttributeNames', used, (references) => references.names, given.names);
  checkSame('ExpressionAttributeValues', used, (references) => references.values, given.values);
}

function checkSame(
  what: string,
  used: readonly (References | undefined)[],
  pick: (references: References) => ReadonlySet<string>,
  given: Readonly<Record<string, unknown>> | undefined,
): void {
  for (const references of used) {
    if (references === undefined) continue;
    for (const name of pick(references)) {
      if (given?.[name] === undefined) {
        throw invalid(
          `Invalid expression: An ${what === 'ExpressionAttributeNames' ? 'expression attribute name used in the document path' : 'expression attribute value used in expression'} is not defined; attribute: ${name}`,
        );
      }
    }
  }
  for (const name in given) {
    const isUsed = used.some((references) => references !== undefined && pick(references).has(name));
    if (!isUsed) throw invalid(`Value provided in ${what} unused in expressions: keys: {${name}}`);
  }
}
