/** DynamoDB's limits, in bytes unless said otherwise. */
export const MAX_ITEM_BYTES = 400 * 1024;
/** What one Query reads before it answers a page. */
export const MAX_QUERY_BYTES = 1024 * 1024;
export const MAX_PARTITION_KEY_BYTES = 2048;
export const MAX_SORT_KEY_BYTES = 1024;
/** Actions in one transaction. */
export const MAX_TRANSACTION_ACTIONS = 100;
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
/** Puts and deletes in one BatchWriteItem. */
export const MAX_BATCH_WRITES = 25;
export const MAX_BATCH_WRITE_BYTES = 16 * 1024 * 1024;
/** Keys in one BatchGetItem. */
export const MAX_BATCH_KEYS = 100;
/** What one BatchGetItem answers before it leaves keys unprocessed. */
export const MAX_BATCH_GET_BYTES = 16 * 1024 * 1024;
/** Length of one expression. */
export const MAX_EXPRESSION_BYTES = 4096;
/** Operators and functions in one expression. */
export const MAX_OPERATORS = 300;
/** Operands of IN. */
export const MAX_IN_OPERANDS = 100;
/** How deep lists and maps may nest. */
export const MAX_DEPTH = 32;
