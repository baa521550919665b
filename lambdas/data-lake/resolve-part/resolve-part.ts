import type { Clock } from '../../shared/clock';
import type { Catalog } from '../catalog';
import type { AssembleMessage, PartMessage } from '../create-version/deps';
import { keepFileProfiles } from '../create-version/file-profiles';
import { examiner } from '../examine';
import type { LakeStore } from '../lake-store';
import type { ManifestStore } from '../manifest-store';
import { partResult } from '../part-result';
import { resolveChanges } from '../resolve';
import type { WorkStore } from '../work-store';

export interface ResolvePartDeps {
  readonly lake: LakeStore;
  readonly manifests: Pick<ManifestStore, 'writeFileProfile'>;
  readonly work: WorkStore;
  readonly catalog: Pick<Catalog, 'quarantined'>;
  readonly clock: Clock;
  /** Has the plan assembled. */
  sendAssemble(message: AssembleMessage): Promise<void>;
}

/**
 * Looks at one part of a large closing, unless that was done, and has the plan assembled when it was the last one
 * that was missing. Killed anywhere and run again, or run twice, it comes to the same result under the same name.
 *
 * @returns how many parts of the plan are done
 */
export async function resolvePart(deps: ResolvePartDeps, message: PartMessage): Promise<number> {
  const { dataset, plan, index } = message;
  const { parts } = await deps.work.readPlan(dataset, plan);
  const digest = parts[index];
  if (digest === undefined) throw new Error(`Plan ${plan} of dataset ${dataset} has no part ${index}.`);
  if (!(await deps.work.hasResult(dataset, digest))) {
    const part = await deps.work.readPart(dataset, digest);
    const resolution = await resolveChanges(
      {
        ...{ dataset, schema: part.schema, changes: part.changes },
        acceptances: new Set(part.acceptances),
      },
      {
        ...examiner(deps.lake, dataset),
        quarantined: (contents) => deps.catalog.quarantined(dataset, contents),
      },
    );
    await keepFileProfiles(deps.manifests, dataset, resolution);
    const { inspections: _, ...result } = partResult(resolution, part.parent);
    await deps.work.writeResult(dataset, digest, result);
  }
  const done = await deps.work.markDone(dataset, plan, index, deps.clock.now());
  if (done === parts.length) await deps.sendAssemble({ dataset, plan });
  return done;
}
