import { type InspectOptions, inspectFile } from '../../../lambdas/data-lake/formats/inspect-file';
import { checkFile } from '../../../lambdas/data-lake/validation/check-file';
import type { Schema, SchemaColumn } from '../../../lambdas/data-lake/validation/schema';

export async function* inPieces(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

export const schemaOf = (columns: readonly SchemaColumn[] | undefined): Schema | undefined =>
  columns === undefined ? undefined : { dataset: 'flights', columns };

/** Inspects content as a file of this name, in pieces. */
export const inspect = (
  content: string | Buffer,
  { key = 'a.csv', columns, schema = schemaOf(columns), pieces = 65_536, ...options }: Reading = {},
) => {
  const bytes = Buffer.from(content);
  return inspectFile(inPieces(bytes, pieces), { key, size: bytes.length }, schema, options);
};

interface Reading extends InspectOptions {
  readonly key?: string;
  readonly columns?: readonly SchemaColumn[];
  readonly schema?: Schema;
  readonly pieces?: number;
}

/** What is wrong with content as a file of this name. */
export const problemsOf = async (content: string | Buffer, reading: Reading = {}) =>
  checkFile(await inspect(content, reading), reading.schema ?? schemaOf(reading.columns));

export const checksOf = async (content: string | Buffer, reading: Reading = {}) =>
  (await problemsOf(content, reading)).map(({ check }) => check);
