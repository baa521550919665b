import type { WorkLimit } from '../../lambdas/data-lake/changes';
import { acceptQuarantined } from '../../lambdas/data-lake/create-version/accept';
import { assemblePlan, createVersion } from '../../lambdas/data-lake/create-version/create-version';
import type {
  AssembleMessage,
  CreateVersionDeps,
  PartMessage,
} from '../../lambdas/data-lake/create-version/deps';
import { type Closing, closingFor } from '../../lambdas/data-lake/drop';
import type { ManifestObject } from '../../lambdas/data-lake/entities';
import { manifestsIn } from '../../lambdas/data-lake/manifest-store';
import { resolvePart } from '../../lambdas/data-lake/resolve-part/resolve-part';
import { workStore } from '../../lambdas/data-lake/work-store';
import { FixedClock } from '../../lambdas/shared/clock';
import { FakeCatalog, FakeDrops, FakeLake, FakeObjects, FakeSeen } from './fakes';

export interface Published {
  readonly detailType: string;
  // biome-ignore lint/suspicious/noExplicitAny: details are plain JSON of several shapes
  readonly detail: any;
}

/** The handler was killed. */
export class Killed extends Error {}

export const DATASET = 'flights';

/** What one function looks at when nothing is said about it. */
const AMPLE: WorkLimit = { changes: 5_000, bytes: 2 ** 40 };

export type Files = Record<string, string | Buffer | undefined>;

/** A lake with its catalog, its drops, its queues and what it put on the bus. */
export class World {
  readonly objects = new FakeObjects();
  readonly lake = new FakeLake(this.objects);
  readonly drops = new FakeDrops();
  readonly catalog = new FakeCatalog(this.drops);
  readonly seen = new FakeSeen();
  readonly clock = new FixedClock('2013-02-01T00:00:00Z');
  readonly published: Published[] = [];
  /** Messages that wait, oldest first. */
  readonly parts: PartMessage[] = [];
  readonly assemblies: AssembleMessage[] = [];
  private readonly done = new Map<string, Set<number>>();
  readonly deps: CreateVersionDeps;

  constructor(limit: WorkLimit = AMPLE) {
    this.deps = {
      lake: this.lake,
      manifests: manifestsIn(this.objects),
      seen: this.seen,
      work: {
        ...workStore(this.objects, undefined as never, 'table'),
        markDone: async (_dataset, plan, index) => {
          const done = this.done.get(plan) ?? new Set();
          this.done.set(plan, done.add(index));
          return done.size;
        },
      },
      catalog: this.catalog,
      drops: this.drops,
      quietSeconds: () => 120,
      limit,
      publish: async (detailType, detail) => {
        this.published.push({ detailType, detail: JSON.parse(JSON.stringify(detail)) });
      },
      sendPart: async (message) => void this.parts.push(message),
      clock: this.clock,
    };
  }

  /** What an event of an object leaves behind. */
  async landed(deleted = false): Promise<Closing> {
    const at = this.clock.now().toISOString();
    const drop = await this.drops.record({ dataset: DATASET, at, deleted });
    const { delaySeconds: _, ...closing } = closingFor(drop, 'data', 120, '111122223333');
    return closing;
  }

  /** Drops files (a value of undefined deletes), closes the drop, and gives what was published for it. */
  async drop(files: Files, deps = this.deps): Promise<Published[]> {
    const closing = await this.land(files);
    const before = this.published.length;
    await createVersion(deps, closing);
    await this.drain(deps);
    return this.published.slice(before);
  }

  async land(files: Files): Promise<Closing> {
    const contents = Object.entries(files);
    for (const [key, content] of contents) {
      if (content === undefined) this.lake.remove(key);
      else this.lake.put(key, content);
    }
    this.clock.advance(60);
    return this.landed(contents.length > 0 && contents.every(([, content]) => content === undefined));
  }

  /** Somebody accepts a quarantined version; gives what was published for it. */
  async accept(datasetVersion: string, reason = 'known fault', deps = this.deps): Promise<Published[]> {
    const before = this.published.length;
    this.clock.advance(60);
    const at = this.clock.now().toISOString();
    await acceptQuarantined(deps, { dataset: DATASET, datasetVersion, reason, by: 'ann', at });
    await this.drain(deps);
    return this.published.slice(before);
  }

  /** Lets other functions do what waits for them. */
  async drain(deps = this.deps): Promise<void> {
    for (;;) {
      const part = this.parts.shift();
      const assembly = part === undefined ? this.assemblies.shift() : undefined;
      if (part !== undefined) await this.resolve(part, deps);
      else if (assembly !== undefined) await assemblePlan(deps, assembly);
      else return;
    }
  }

  async resolve(part: PartMessage, deps = this.deps): Promise<void> {
    const sendAssemble = async (message: AssembleMessage) => void this.assemblies.push(message);
    await resolvePart({ ...deps, sendAssemble }, part);
  }

  /** Objects of a version, as a rule of the current one. */
  async contents(id = this.catalog.pointer?.version): Promise<readonly ManifestObject[]> {
    return id === undefined ? [] : (await this.deps.manifests.read(DATASET, id)).objects;
  }

  /** Keys of the current version. */
  async keys(): Promise<string[]> {
    return (await this.contents()).map(({ key }) => key);
  }

  types(): string[] {
    return this.published.map(({ detailType }) => detailType);
  }

  /** The same world, with something done before or after each call to the outside. */
  watched(around: (call: () => Promise<unknown>) => Promise<unknown>): CreateVersionDeps {
    const guarded = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, name) => {
          const value = Reflect.get(object, name);
          const sync = ['reportUri', 'writer', 'uri', 'list', 'objects'].includes(String(name));
          if (typeof value !== 'function' || sync) return value;
          return (...args: unknown[]) => around(() => value.apply(object, args));
        },
      });
    const { publish, sendPart } = guarded({ publish: this.deps.publish, sendPart: this.deps.sendPart });
    const { lake, catalog, drops, seen } = this;
    const objects = guarded(this.objects);
    return {
      ...{ ...this.deps, publish, sendPart },
      ...{ lake: guarded(lake), catalog: guarded(catalog), drops: guarded(drops), seen: guarded(seen) },
      manifests: manifestsIn(objects),
      work: {
        ...workStore(objects, undefined as never, 'table'),
        markDone: guarded(this.deps.work).markDone,
      },
    };
  }

  /**
   * The same world for a handler that is killed at its `step`-th call to the outside: before the call takes effect
   * or right after.
   */
  killedAt(step: number, when: 'before' | 'after'): CreateVersionDeps {
    let calls = 0;
    return this.watched(async (call) => {
      calls += 1;
      if (calls > step || (calls === step && when === 'before')) throw new Killed();
      const result = await call();
      if (calls === step) throw new Killed();
      return result;
    });
  }
}
