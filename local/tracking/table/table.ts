import { batchGet, batchWrite, type WriteRequest } from './batches';
import { TableError } from './errors';
import { Items } from './items';
import type { Mutation } from './mutation';
import { query } from './query';
import type { Replica } from './replica';
import { checkParameters, PARAMETERS, type Request } from './requests';
import { EXPIRES_AT, type Key, requestKey } from './schema';
import { transaction } from './transactions';
import type { Item, Value } from './values';
import { type Action, answerOf, mutationOf, plan, requireAllowed } from './writes';

type Keys = Readonly<Record<string, Value>>;

export interface BatchGetRequest {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly Keys[]; readonly ConsistentRead?: boolean }>
  >;
}

export interface BatchWriteRequest {
  readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>;
}

export interface TransactWriteRequest {
  readonly TransactItems: readonly Readonly<Record<string, Request>>[];
  readonly ClientRequestToken?: string;
}

export interface TableParts {
  /** Told of all changes of one call before they are visible. @default - nobody */
  readonly journal?: { append(mutations: readonly Mutation[]): void };
  /** Answers the index and reads that do not ask for consistency. @default - the table itself */
  readonly replica?: Replica;
}

/**
 * One DynamoDB table in memory: PK and SK, one index GSI1 on GSI1PK and GSI1SK. Each call is done at once and whole,
 * with DynamoDB's conditions, limits and errors. Items are frozen and handed out without copies.
 */
export class Table {
  readonly items = new Items();
  /** Keys of items that expire. */
  private readonly expiring = new Map<string, Key>();

  constructor(private readonly parts: TableParts = {}) {}

  get(request: Request): { Item?: Item } {
    checkParameters('Get', request, PARAMETERS.Get);
    const found = this.readable(request.ConsistentRead).get(requestKey(request.Key));
    return found === undefined ? {} : { Item: found.item };
  }

  query(request: Request): object {
    checkParameters('Query', request, PARAMETERS.Query);
    return query(this.readable(request.ConsistentRead), request);
  }

  write(action: Action, request: Request): object {
    const write = plan(action, request);
    requireAllowed(write, this.items);
    const mutation = mutationOf(write, this.items)!;
    const before = this.items.get(write.key)?.item;
    const answer = answerOf(write, before, mutation.entry?.item);
    if (action !== 'Delete' || before !== undefined) this.commit([mutation]);
    return answer;
  }

  transact(request: TransactWriteRequest): object {
    checkParameters('TransactWrite', request, PARAMETERS.TransactWrite);
    this.commit(transaction(request.TransactItems, this.items));
    return {};
  }

  batchWrite(request: BatchWriteRequest): object {
    checkParameters('BatchWrite', request, PARAMETERS.BatchWrite);
    this.commit(batchWrite(Object.values(request.RequestItems).flat(), this.items));
    return { UnprocessedItems: {} };
  }

  batchGet(request: BatchGetRequest): object {
    checkParameters('BatchGet', request, PARAMETERS.BatchGet);
    const [name, wanted, ...others] = Object.entries(request.RequestItems).flat() as [
      string,
      { Keys: readonly Keys[]; ConsistentRead?: boolean },
    ];
    if (others.length > 0) throw new TableError('ResourceNotFoundException', 'There is one table only');
    const { found, unprocessed } = batchGet(wanted.Keys, this.readable(wanted.ConsistentRead));
    return {
      Responses: { [name]: found },
      UnprocessedKeys: unprocessed.length === 0 ? {} : { [name]: { ...wanted, Keys: unprocessed } },
    };
  }

  /** Puts an item whatever is there: for tests and for loading a journal. */
  restore(mutations: readonly Mutation[]): void {
    for (const mutation of mutations) this.apply(mutation);
  }

  /** Deletes what has expired, as DynamoDB does some time after. @param now - milliseconds since the epoch. */
  expire(now: number): void {
    const due = [...this.expiring.values()].filter(
      (key) => (this.items.get(key)?.item[EXPIRES_AT] as number) * 1000 < now,
    );
    if (due.length > 0) this.commit(due.map((key) => ({ ...key, entry: undefined })));
  }

  private readable(consistent: boolean | undefined): Items {
    return consistent === true || this.parts.replica === undefined ? this.items : this.parts.replica.items();
  }

  private commit(mutations: readonly Mutation[]): void {
    if (mutations.length === 0) return;
    this.parts.journal?.append(mutations);
    for (const mutation of mutations) this.apply(mutation);
    this.parts.replica?.add(mutations);
  }

  private apply(mutation: Mutation): void {
    this.items.apply(mutation);
    const { pk, sk, entry } = mutation;
    if (typeof entry?.item[EXPIRES_AT] === 'number') this.expiring.set(`${pk}\u0000${sk}`, { pk, sk });
    else if (this.expiring.size > 0) this.expiring.delete(`${pk}\u0000${sk}`);
  }
}
