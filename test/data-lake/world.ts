import type { CreateVersionDeps } from '../../lambdas/data-lake/create-version/create-version';
import { createVersion } from '../../lambdas/data-lake/create-version/create-version';
import { type Closing, closingFor } from '../../lambdas/data-lake/drop';
import { FixedClock } from '../../lambdas/shared/clock';
import { FakeCatalog, FakeDrops, FakeLake } from './fakes';

export interface Published {
  readonly detailType: string;
  // biome-ignore lint/suspicious/noExplicitAny: details are plain JSON of several shapes
  readonly detail: any;
}

/** The handler was killed. */
export class Killed extends Error {}

const DATASET = 'flights';

/** A lake with its catalog, its drops and what it put on the bus. */
export class World {
  readonly lake = new FakeLake();
  readonly catalog = new FakeCatalog();
  readonly drops = new FakeDrops();
  readonly clock = new FixedClock('2013-02-01T00:00:00Z');
  readonly published: Published[] = [];

  readonly deps: CreateVersionDeps = {
    lake: this.lake,
    catalog: this.catalog,
    drops: this.drops,
    quietSeconds: 120,
    publish: async (detailType, detail) => {
      this.published.push({ detailType, detail: JSON.parse(JSON.stringify(detail)) });
    },
    clock: this.clock,
  };

  /** What an event of an object leaves behind. */
  async landed(): Promise<Closing> {
    const at = this.clock.now().toISOString();
    const { delaySeconds: _, ...closing } = closingFor(await this.drops.record(DATASET, at), 'data', 120);
    return closing;
  }

  /** Drops files (a value of undefined deletes), closes the drop, and gives what was published for it. */
  async drop(files: Record<string, string | Buffer | undefined>, deps = this.deps): Promise<Published[]> {
    const closing = await this.land(files);
    const before = this.published.length;
    await createVersion(deps, closing);
    return this.published.slice(before);
  }

  async land(files: Record<string, string | Buffer | undefined>): Promise<Closing> {
    for (const [key, content] of Object.entries(files)) {
      if (content === undefined) this.lake.remove(key);
      else this.lake.put(key, content);
    }
    this.clock.advance(60);
    return this.landed();
  }

  /** Keys of the current version. */
  keys(): string[] {
    const current = this.catalog.pointer?.version ?? '';
    return this.lake.manifests.get(current)?.objects.map(({ key }) => key) ?? [];
  }

  types(): string[] {
    return this.published.map(({ detailType }) => detailType);
  }

  /**
   * The same world for a handler that is killed at its `step`-th call to the outside: before the call takes effect
   * or right after.
   */
  killedAt(step: number, when: 'before' | 'after'): CreateVersionDeps {
    let calls = 0;
    const guarded = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, name) => {
          const value = Reflect.get(object, name);
          if (typeof value !== 'function' || name === 'reportUri') return value;
          return async (...args: unknown[]) => {
            calls += 1;
            if (calls > step) throw new Killed();
            if (calls === step && when === 'before') throw new Killed();
            const result = await value.apply(object, args);
            if (calls === step) throw new Killed();
            return result;
          };
        },
      });
    const { publish } = guarded({ publish: this.deps.publish });
    const { lake, catalog, drops } = this;
    return { ...this.deps, publish, lake: guarded(lake), catalog: guarded(catalog), drops: guarded(drops) };
  }
}
