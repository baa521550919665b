/** Of the 400 KB of an item in DynamoDB, what columns may take as JSON: the rest is for problems, tags and the like. */
export const MAX_COLUMNS_JSON = 250_000;

/** Whether columns of these names take more room than the record of a dataset version has for them. */
export function exceedsRecord(columns: readonly { readonly name: string }[]): boolean {
  const longest = { type: 'integer', nullable: false };
  let bytes = 2;
  for (const { name } of columns) bytes += Buffer.byteLength(JSON.stringify({ name, ...longest })) + 1;
  return bytes > MAX_COLUMNS_JSON;
}
