import { invalidParameter } from '../errors';
import type { Selection } from './parse';

/** 64-bit integers, which GraphQL's numbers can't hold: answered as texts. */
const LONGS = new Set(
  'step timestamp startTime endTime creationTime lastUpdateTime creationTimestamp lastUpdatedTimestamp fileSize'.split(
    ' ',
  ),
);
/** Repeated fields, which are empty when they are absent. */
const LISTS = new Set(
  'tags metrics params datasetInputs modelInputs modelOutputs modelVersions runs files aliases'.split(' '),
);
/** Messages that are always there, though all their fields may be absent. */
const MESSAGES = new Set('info data inputs outputs'.split(' '));

/**
 * What is selected of a reply of the REST API: names in camelCase, 64-bit integers as texts, NaN as null.
 *
 * @param type - name of the object's type, for `__typename`.
 */
export function project(
  value: Readonly<Record<string, unknown>>,
  selections: readonly Selection[],
  type: string,
): Record<string, unknown> {
  const projected: Record<string, unknown> = Object.create(null);
  for (const selection of selections) {
    projected[selection.alias] =
      selection.name === '__typename' ? type : fieldOf(value[snakeCase(selection.name)], selection);
  }
  return projected;
}

function fieldOf(value: unknown, selection: Selection): unknown {
  const { name, selections } = selection;
  if (value === undefined || value === null) {
    if (LISTS.has(name)) return [];
    return MESSAGES.has(name) && selections.length > 0 ? project({}, selections, typeOf(name)) : null;
  }
  if (Array.isArray(value)) return value.map((each) => fieldOf(each, selection));
  if (typeof value === 'object') {
    if (selections.length === 0)
      throw invalidParameter(`Field "${name}" must have a selection of subfields.`);
    return project(value as Record<string, unknown>, selections, typeOf(name));
  }
  if (LONGS.has(name)) return String(value);
  return name === 'value' && value === 'NaN' ? null : value;
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `modelVersions` is of type `MlflowModelVersion`. */
function typeOf(field: string): string {
  const singular = /[^s]s$/.test(field) ? field.slice(0, -1) : field;
  return `Mlflow${singular.charAt(0).toUpperCase()}${singular.slice(1)}`;
}
