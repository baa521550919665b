import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { TestTable } from '../support/test-table';

/** What happens to one call: `crash` also ends the process that made it, before or after the call is done. */
export type Fault = 'none' | 'request-lost' | 'reply-lost' | 'crash-before' | 'crash-after';

/** Changes what a process sends, to plant a bug. */
export type Bug = (command: Command) => readonly Command[];

export interface Command {
  // biome-ignore lint/suspicious/noExplicitAny: commands of all kinds pass through
  readonly constructor: any;
  // biome-ignore lint/suspicious/noExplicitAny: commands of all kinds pass through
  readonly input: any;
}

export const noBug: Bug = (command) => [command];

/** The process that made a call is gone: nobody knows what became of what it was doing. */
class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** Chance of one world: in which order calls arrive, what gets lost, how far reads that may lag do. */
export interface Chance {
  readonly scheduler: fc.Scheduler;
  readonly faults: Iterator<Fault>;
  readonly lags: Iterator<number>;
}

export const chance: fc.Arbitrary<Chance> = fc.record({
  scheduler: fc.scheduler(),
  faults: fc.infiniteStream(
    fc.oneof(
      { weight: 30, arbitrary: fc.constant('none' as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom<Fault>('request-lost', 'reply-lost', 'crash-before', 'crash-after'),
      },
    ),
  ),
  lags: fc.infiniteStream(fc.nat({ max: 4 })),
});

/** A table that processes share, each call of theirs at a moment that the scheduler chooses. */
export class World {
  readonly table: TestTable;
  private calm = false;

  constructor(
    private readonly chance: Chance,
    private readonly bug: Bug,
  ) {
    this.table = new TestTable({ lag: () => (this.calm ? 0 : (chance.lags.next().value as number)) });
  }

  /** A client of a process of its own, which may crash. */
  process(): DynamoDBDocumentClient {
    let isDead = false;
    const perform = async (command: Command): Promise<unknown> => {
      if (this.calm) return this.table.client.send(command as never);
      await this.chance.scheduler.schedule(Promise.resolve(), command.constructor.name);
      if (isDead) throw new Crashed('the process is gone');
      const fault = this.chance.faults.next().value as Fault;
      if (fault === 'request-lost') throw lost('the request was lost');
      if (fault === 'crash-before') isDead = true;
      if (isDead) throw new Crashed('the process crashed');
      const answer = await this.table.client.send(command as never);
      if (fault === 'crash-after') isDead = true;
      if (isDead) throw new Crashed('the process crashed');
      if (fault === 'reply-lost') throw lost('the reply was lost');
      return answer;
    };
    const send = async (command: Command): Promise<unknown> => {
      let answer: unknown;
      for (const sent of this.bug(command)) answer = await perform(sent);
      return answer;
    };
    return { send } as unknown as DynamoDBDocumentClient;
  }

  /** Lets clients work side by side until all are done; from then on nothing is lost and nothing lags. */
  async race(clients: readonly (() => Promise<void>)[]): Promise<void> {
    await this.chance.scheduler.waitFor(Promise.all(clients.map((client) => client())));
    this.calm = true;
  }

  /** Work without faults or interleaving, e.g. to prepare the table. */
  async calmly<T>(work: () => Promise<T>): Promise<T> {
    this.calm = true;
    try {
      const done = await work();
      // A read that may lag, and does not now: what was prepared is known everywhere.
      await this.table.client.send(new GetCommand({ TableName: 'registry', Key: { PK: '-', SK: '-' } }));
      return done;
    } finally {
      this.calm = false;
    }
  }
}

const UNKNOWN = new Set(['TimeoutError', 'Crashed']);

/** What a client does that gets no answer: the same again, by a fresh process, until there is one. */
export async function insist<T>(attempt: (tries: number) => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 60; tries += 1) {
    try {
      return await attempt(tries);
    } catch (error) {
      if (!UNKNOWN.has((error as Error).name)) throw error;
    }
  }
  throw new Error('no call came through');
}

/** One attempt; undefined when nobody knows what became of it. */
export async function once<T>(attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!UNKNOWN.has((error as Error).name)) throw error;
    return undefined;
  }
}

function lost(message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}

export const backoff = { sleep: async () => undefined, random: () => 0 };

/** A claim about all interleavings, on correct code or with a bug planted. */
export interface Property {
  readonly claim: string;
  check(bug: Bug, options?: { readonly withoutToken?: boolean }): fc.IAsyncProperty<unknown>;
}

/** 5,000 schedules in continuous integration; the seed is fixed there, so that a failure is no chance. */
export const SCHEDULES = Number(process.env.FLYWHEEL_SCHEDULES ?? 5000);
export const SEED = Number(process.env.FLYWHEEL_SEED ?? 20_261_123);
