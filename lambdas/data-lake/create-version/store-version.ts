import type { Acceptance, DatasetVersion } from '../entities';
import type { ManifestWriter } from '../manifest-writer';
import type { DatasetProfile } from '../validation/inspection';
import { versionColumns } from '../validation/learn-schema';
import type { Problem } from '../validation/problem';
import { createReport, problemLines } from '../validation/report';
import { schemaDigest } from '../validation/schema-file';
import type { Assembly } from './assembly';
import type { State } from './conclude';
import type { CreateVersionDeps } from './deps';

/** All that is known when a version is made. */
export interface Evidence {
  readonly state: State;
  readonly assembly: Assembly;
  /** Of the drop as a whole. */
  readonly problems: readonly Problem[];
  /** Of the version without bad content. */
  readonly profile: DatasetProfile | undefined;
}

/** Writes what a version consists of and what was found in it, and gives the item that the catalog will hold. */
export async function storeVersion(
  deps: CreateVersionDeps,
  evidence: Evidence,
  manifest: ManifestWriter,
  status: DatasetVersion['status'],
): Promise<DatasetVersion> {
  const { state, assembly } = evidence;
  const { closing, schema, parent } = state;
  const { dataset, trigger, by, firstEventAt } = closing;
  const createdAt = deps.clock.now().toISOString();
  const id = manifest.versionId;
  const { problems: ofDrop } = evidence;
  const told = { problems: ofDrop, filesLeftOut: assembly.filesLeftOut };
  const report = createReport({ dataset, id, status, createdAt }, deps.lake.bucket, assembly.files, told);
  const reportUri = await deps.lake.writeReport(report);
  const head = await manifest.finish();
  const profileUri =
    status === 'accepted' && evidence.profile !== undefined
      ? await deps.manifests.writeProfile(dataset, id, evidence.profile)
      : undefined;
  const fresh = assembly.profile === undefined ? [] : [assembly.profile];
  const columns = schema === undefined ? [] : versionColumns(schema, parent?.columns ?? [], fresh);
  const files = assembly.files.filter((file) => status === 'accepted' || file.verdict === 'quarantined');
  const problems = problemLines([{ key: dataset, problems: ofDrop }, ...files]);
  const acceptance = status === 'accepted' ? acceptanceOf(evidence, id) : undefined;
  return {
    ...{ dataset, id, status },
    ...(head.parent === undefined ? {} : { parent: head.parent }),
    ...{ manifestUri: head.uri, objects: head.objects, rows: head.rows, bytes: head.bytes },
    ...{ createdAt, firstEventAt, reportUri, columns, trigger, tags: {} },
    ...(by === undefined ? {} : { by }),
    ...(schema === undefined ? {} : { schemaDigest: schemaDigest(schema) }),
    ...(profileUri === undefined ? {} : { profileUri }),
    ...(problems.length === 0 ? {} : { problems }),
    ...(acceptance === undefined ? {} : { acceptance }),
  };
}

/** The acceptance that let some of the version's content through; the one that was just asked for comes first. */
function acceptanceOf({ state, assembly }: Evidence, id: string): Acceptance | undefined {
  const used = state.acceptances.filter(
    ({ datasetVersion }) => datasetVersion === id || assembly.waived.includes(datasetVersion),
  );
  return used.find(({ datasetVersion }) => datasetVersion === state.closing.acceptance) ?? used[0];
}
