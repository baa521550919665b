import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Check, SEVERITY } from './problem';
import type { Schema } from './schema';

const names = Object.keys(SEVERITY) as [Check, ...Check[]];
const checks = z.partialRecord(z.enum(names), z.enum(['error', 'warning', 'off'])).optional();
const share = z.number().min(0).max(1).optional();

const schemaShape = z.strictObject({
  dataset: z.string(),
  target: z.string().optional(),
  key: z.array(z.string()).min(1).optional(),
  rows: z
    .strictObject({
      min: z.number().int().nonnegative().optional(),
      max: z.number().int().nonnegative().optional(),
      maxChange: z.number().nonnegative().optional(),
    })
    .optional(),
  checks,
  columns: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        type: z.enum(['number', 'integer', 'string', 'boolean']),
        format: z.enum(['date', 'date-time']).optional(),
        nullable: z.boolean(),
        maxMissing: share,
        min: z.number().optional(),
        max: z.number().optional(),
        categories: z.array(z.string()).optional(),
        unique: z.boolean().optional(),
        checks,
      }),
    )
    .min(1),
});

/**
 * Reads a schema, which a person may have edited.
 *
 * @throws Error naming the object and the field that is wrong.
 */
export function decodeSchema(text: string, uri: string): Schema {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The schema ${uri} is not JSON: ${(error as Error).message}`);
  }
  const parsed = schemaShape.safeParse(value);
  if (!parsed.success) {
    throw new Error(`The schema ${uri} is not valid; correct it: ${z.prettifyError(parsed.error)}`);
  }
  const wrong = contradiction(parsed.data);
  if (wrong !== undefined) throw new Error(`The schema ${uri} is not valid; correct it: ${wrong}`);
  return parsed.data;
}

/** What fields of a schema say against each other. */
function contradiction({ columns, target, key = [] }: Schema): string | undefined {
  const known = new Set(columns.map(({ name }) => name));
  const twice = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) return `columns has "${twice.name}" more than once`;
  if (target !== undefined && !known.has(target)) return `target "${target}" is none of the columns`;
  const lost = key.find((name) => !known.has(name));
  if (lost !== undefined) return `key "${lost}" is none of the columns`;
  const turned = columns.find(({ min, max }) => min !== undefined && max !== undefined && min > max);
  if (turned !== undefined) return `min of column "${turned.name}" is greater than its max`;
  return undefined;
}

/** The schema as it is kept: JSON that a person can read and edit. */
export const encodeSchema = (schema: Schema): string => `${JSON.stringify(schema, undefined, 2)}\n`;

/** Identifies what a file was checked against; the same for every spelling of the same schema. */
export function schemaDigest(schema: Schema | undefined): string {
  if (schema === undefined) return 'none';
  const { dataset: _, ...rest } = schema;
  return createHash('sha256')
    .update(JSON.stringify(canonical(rest)))
    .digest('hex');
}

/** The same value with the fields of its objects in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, canonical(v)]));
}
