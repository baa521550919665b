import type { Check } from '../../validation/problem';

/** Why a Parquet file is not read: its bytes contradict each other, or it would take more than is given. */
export class ParquetError extends Error {
  constructor(
    message: string,
    readonly check: Check = 'malformed',
  ) {
    super(message);
    this.name = 'ParquetError';
  }
}
