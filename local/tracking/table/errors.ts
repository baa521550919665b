/** An error as the AWS SDK throws it: told apart by `name`. */
export class TableError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** A request that DynamoDB refuses as it stands. */
export function invalid(message: string): TableError {
  return new TableError('ValidationException', message);
}

/** A write whose condition does not hold. */
export function conditionFailed(): TableError {
  return new TableError('ConditionalCheckFailedException', 'The conditional request failed');
}

/** Why one action of a transaction was refused; `None` for an action that was fine. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
}

/** A transaction that was refused as a whole. */
export class TransactionCanceled extends TableError {
  constructor(readonly CancellationReasons: readonly CancellationReason[]) {
    super(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${CancellationReasons.map((reason) => reason.Code).join(', ')}]`,
    );
  }
}

/** Something that DynamoDB offers and this table does not: said loudly, so that a laptop never differs in silence. */
export function unsupported(what: string): TableError {
  return new TableError('UnsupportedByLocalTable', `${what} is not supported by the in-process table.`);
}
