import { CHAMPION, Lease } from '../../../lib/registry/contract';
import type { ModelVersion } from '../../registry/entities';
import type { RegistryStore } from '../../registry/registry-store';
import type { Clock } from '../../shared/clock';

/** Who answers, and whether that may be changing. */
export interface LiveModel {
  /** Undefined when no version is live. */
  readonly champion: ModelVersion | undefined;
  readonly deploying: boolean;
}

const FRESH_SECONDS = 5;

/** Looks the live model up in the registry, at most every five seconds. */
export class LiveModelReader {
  private last: { readonly at: number; readonly value: LiveModel } | undefined;
  private version: ModelVersion | undefined;

  constructor(
    private readonly store: Pick<RegistryStore, 'getAlias' | 'getModelVersion' | 'getLease'>,
    private readonly model: string,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<LiveModel> {
    const now = this.clock.now();
    if (this.last === undefined || now.getTime() - this.last.at >= FRESH_SECONDS * 1000) {
      this.last = { at: now.getTime(), value: await this.load(now) };
    }
    return this.last.value;
  }

  private async load(now: Date): Promise<LiveModel> {
    const [alias, lease] = await Promise.all([
      this.store.getAlias(this.model, CHAMPION),
      this.store.getLease(this.model, Lease.DEPLOYMENT),
    ]);
    const deploying = lease !== undefined && Date.parse(lease.expiresAt) > now.getTime();
    if (alias === undefined) return { champion: undefined, deploying };
    if (this.version?.version !== alias.version) {
      // Versions never change, so that the one read last is kept.
      this.version = await this.store.getModelVersion(this.model, alias.version);
    }
    return { champion: this.version, deploying };
  }
}
