import type { Items } from './items';
import type { Mutation } from './mutation';
import type { Request } from './requests';
import type { Item, Value } from './values';
import { storeItem } from './values';
import { updatedEntry } from './writes';

/** Text of one mutation: `['p', item]`, `['d', pk, sk]` or `['u', pk, sk, update, names, values]`. */
type Line =
  | readonly ['p', Item]
  | readonly ['d', string, string]
  | readonly ['u', string, string, string, Readonly<Record<string, string>>, Readonly<Record<string, Value>>];

/** Mutations of one call as one line: a crash leaves all of them or none. */
export function encodeLine(mutations: readonly Mutation[]): string {
  return `${JSON.stringify(mutations.map(lineOf), tagged)}\n`;
}

function lineOf({ pk, sk, entry, update }: Mutation): Line {
  if (entry === undefined) return ['d', pk, sk];
  if (update?.UpdateExpression === undefined) return ['p', entry.item];
  const { UpdateExpression, ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = update;
  const used = <T>(given: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => UpdateExpression.includes(name)));
  return ['u', pk, sk, UpdateExpression, used(ExpressionAttributeNames), used(ExpressionAttributeValues)];
}

/** @throws SyntaxError when the text is not a whole line. */
export function decodeLine(text: string, items: Items): Mutation[] {
  const lines = JSON.parse(text, untagged) as Line[];
  return lines.map((line) => mutationOf(line, items));
}

function mutationOf(line: Line, items: Items): Mutation {
  if (line[0] === 'p') {
    const { value: item, bytes } = storeItem(line[1]);
    return { pk: item.PK as string, sk: item.SK as string, entry: { item, bytes } };
  }
  const [kind, pk, sk] = line;
  if (kind === 'd') return { pk, sk, entry: undefined };
  const request: Request = {
    UpdateExpression: line[3],
    ExpressionAttributeNames: line[4],
    ExpressionAttributeValues: line[5],
  };
  return { pk, sk, entry: updatedEntry(request, { pk, sk }, items.get({ pk, sk })) };
}

const TAG = '\u0000flywheel';

/** JSON of what JSON lacks: bytes, sets and large integers, as an object with one tag. */
function tagged(_name: string, value: unknown): unknown {
  if (value instanceof Set) return { [TAG]: 'set', of: [...value] };
  if (typeof value === 'bigint') return { [TAG]: 'bigint', of: String(value) };
  if (value instanceof Uint8Array) return { [TAG]: 'bytes', of: Buffer.from(value).toString('base64') };
  return value;
}

function untagged(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(TAG in value)) return value;
  const { [TAG]: tag, of } = value as { [TAG]: string; of: never };
  if (tag === 'set') return new Set(of);
  if (tag === 'bigint') return BigInt(of);
  return new Uint8Array(Buffer.from(of, 'base64'));
}
