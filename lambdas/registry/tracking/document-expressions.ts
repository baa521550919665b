import type { EntryWrite } from './document';
import { attributeName } from './keys';

export interface KeyedUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** The condition under which a write of one key stands, if it has one. `m` and `k` are its map and its key. */
function conditionOf(write: EntryWrite, path: string, value: string, expected: string): string | undefined {
  switch (write.mode) {
    case 'once':
      return `(attribute_not_exists(${path}) OR ${path} = ${value})`;
    case 'max':
      return `(attribute_not_exists(${path}) OR ${path} < ${value})`;
    case 'swap':
      return write.expected === undefined ? `attribute_not_exists(${path})` : `${path} = ${expected}`;
    case 'remove':
      return `attribute_exists(${path})`;
    default:
      return undefined;
  }
}

/**
 * One update of a document's keys and other attributes, on the condition that each key may be written.
 *
 * @param options - `room`: on the condition also that the document is not full and holds no more bytes than that.
 */
export function keyedUpdate(
  writes: readonly EntryWrite[],
  set: Readonly<Record<string, unknown>>,
  options: { readonly room?: number },
): KeyedUpdate {
  const names: Record<string, string> = { '#rev': 'rev' };
  const values: Record<string, unknown> = { ':one': 1 };
  const sets: string[] = [];
  const removes: string[] = [];
  const conditions = ['attribute_exists(PK)'];
  let bytes = 0;
  if (options.room !== undefined) {
    names['#full'] = 'full';
    names['#bytes'] = 'bytes';
    values[':room'] = options.room;
    conditions.push('attribute_not_exists(#full)', '#bytes <= :room');
  }
  Object.entries(set).forEach(([name, value], at) => {
    names[`#s${at}`] = name;
    values[`:s${at}`] = value;
    sets.push(`#s${at} = :s${at}`);
  });
  writes.forEach((write, at) => {
    names[`#${write.map}`] = write.map;
    names[`#k${at}`] = attributeName(write.key);
    const path = `#${write.map}.#k${at}`;
    if (write.mode === 'remove') removes.push(path);
    else {
      values[`:v${at}`] = write.value;
      bytes += Buffer.byteLength(write.key) + Buffer.byteLength(write.value) + 2;
      sets.push(write.mode === 'first' ? `${path} = if_not_exists(${path}, :v${at})` : `${path} = :v${at}`);
    }
    if (write.mode === 'swap' && write.expected !== undefined) values[`:e${at}`] = write.expected;
    const condition = conditionOf(write, path, `:v${at}`, `:e${at}`);
    if (condition !== undefined) conditions.push(condition);
  });
  const adds = ['#rev :one'];
  if (options.room !== undefined) {
    values[':bytes'] = bytes;
    adds.push('#bytes :bytes');
  }
  const clauses = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
    `ADD ${adds.join(', ')}`,
  ];
  return {
    UpdateExpression: clauses.filter((clause) => clause !== '').join(' '),
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
