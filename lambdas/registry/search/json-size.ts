/** Bytes that a text takes in JSON, with its quotes. */
export function jsonTextBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/** Bytes of JSON around the parts of one entry, such as `{"key":,"value":},`. */
export const ENTRY_BYTES = 20;
/** Most bytes of a metric in JSON apart from its key: three numbers with their names. */
export const METRIC_BYTES = 90;
/** Most bytes of JSON that a run takes apart from its texts, params, metrics and tags. */
export const RUN_BYTES = 300;
