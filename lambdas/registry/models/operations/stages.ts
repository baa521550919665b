import { changeModel } from '../../store/model-changes';
import type { RegistryTable } from '../../store/table';
import {
  isDeleted,
  readVersion,
  readVersions,
  requireVersion,
  stagesOf,
  versionItem,
} from '../../store/version-records';
import type { VersionRecord } from '../model-record';
import type { Change, RegisteredVersion, Stage } from '../model-store';
import { canonicalStage, checkArchiving, checkModelName } from '../rules';
import { versionView } from '../views';
import { required } from './models';

/** A transaction has 100 writes, and each version that is archived needs two. */
const ARCHIVED_AT_ONCE = 40;

interface Moved {
  readonly view?: RegisteredVersion;
  /** Whether versions are left to archive. */
  readonly unfinished: boolean;
}

/**
 * Brings a version to a stage and archives those that had it. All at once up to 40 versions; of more, the oldest are
 * archived before, so that whoever is interrupted and asks again gets the same in the end.
 */
export async function transitionStage(
  table: RegistryTable,
  name: string,
  version: number,
  stage: string,
  archiveExisting: boolean,
  change: Change,
): Promise<RegisteredVersion> {
  checkModelName(name);
  const wanted = canonicalStage(stage);
  if (archiveExisting) checkArchiving(wanted);
  for (;;) {
    const { view, unfinished } = await moveSome(table, { name, version }, wanted, archiveExisting, change);
    if (!unfinished && view !== undefined) return view;
  }
}

async function moveSome(
  table: RegistryTable,
  at: { readonly name: string; readonly version: number },
  stage: Stage,
  archiveExisting: boolean,
  change: Change,
): Promise<Moved> {
  return changeModel<Moved>(table, at.name, change, async (found) => {
    const model = required(found, at.name);
    const record = requireVersion(model, at.version, await readVersion(table, model.key, at.version));
    const all = (await readVersions(table, model.key)).filter((each) => !isDeleted(model, each));
    const others = archiveExisting
      ? all.filter((each) => each.version !== at.version && each.stage === stage)
      : [];
    const archived = others.slice(0, ARCHIVED_AT_ONCE).map((each) => moved(each, 'Archived', change));
    const unfinished = archived.length < others.length;
    const target = unfinished || record.stage === stage ? [] : [moved(record, stage, change)];
    const written = [...archived, ...target];
    const before = new Map(all.map((each) => [each.version, each]));
    const after = new Map([...before, ...written.map((each) => [each.version, each] as const)]);
    const result = { view: versionView(model, after.get(at.version) ?? record), unfinished };
    if (written.length === 0) return { unchanged: result };
    return {
      after: { ...model, stages: stagesOf([...after.values()]) },
      writes: written.map((each) => versionItem(table, model.key, each)),
      entries: written.map((each) => ({
        action: 'transition-stage' as const,
        version: each.version,
        before: { stage: before.get(each.version)?.stage },
        after: { stage: each.stage },
      })),
      result,
    };
  });
}

function moved(record: VersionRecord, stage: Stage, { at }: Change): VersionRecord {
  return { ...record, stage, updatedAt: at.toISOString() };
}
