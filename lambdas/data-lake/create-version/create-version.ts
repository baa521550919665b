import { DetailType } from '../../../lib/events-contract';
import type { Clock } from '../../shared/clock';
import type { PublishEvent } from '../../shared/events';
import type { Catalog } from '../catalog';
import { ConflictError } from '../conflict-error';
import { type Decision, decide } from '../decide';
import { type Closing, openLimit } from '../drop';
import type { DropStore } from '../drop-store';
import type { DatasetVersion, Manifest } from '../entities';
import type { LakeStore } from '../lake-store';
import { createReport, problemLines } from '../report';
import { type Resolution, resolveContent } from '../resolve';
import { schemaDigest, versionColumns } from '../schema';
import { readableVersions } from '../snapshot';
import { objectReader } from './object-reader';
import { filesOf, versionOf } from './version-of';

export interface CreateVersionDeps {
  readonly lake: LakeStore;
  readonly catalog: Catalog;
  readonly drops: DropStore;
  readonly quietSeconds: number;
  readonly publish: PublishEvent;
  readonly clock: Clock;
}

/** What became of a closing: nothing, when a newer one will close the drop, or the ids of what was decided. */
export interface Outcome {
  readonly superseded: boolean;
  readonly accepted?: string;
  readonly quarantined?: string;
  readonly unchanged?: readonly string[];
}

/** Each lost race means that another closing of the dataset got further; more than a few in a row is a fault. */
const MAX_ATTEMPTS = 5;

/**
 * Closes a drop: makes a dataset version of what its bucket holds now, or says why not. Everything is computed anew
 * from the bucket and the catalog, and what makes a later closing silent is written last; so it may be killed
 * anywhere, run twice or run beside another, and the same versions and at least the same events come out.
 */
export async function createVersion(deps: CreateVersionDeps, closing: Closing): Promise<Outcome> {
  const now = deps.clock.now();
  if (!(await deps.drops.close(closing, openLimit(now, deps.quietSeconds), now))) return { superseded: true };
  const inspect = objectReader(deps.lake, closing.dataset);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptVersion(deps, closing, inspect);
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function attemptVersion(
  deps: CreateVersionDeps,
  closing: Closing,
  inspect: ReturnType<typeof objectReader>,
): Promise<Outcome> {
  const { lake, catalog } = deps;
  const { dataset } = closing;
  const current = await catalog.current(dataset);
  const parentVersion = current && (await catalog.version(dataset, current.version));
  await announce(deps, parentVersion);
  const schema = await lake.readSchema(dataset);
  const parent = current && (await lake.readManifest(dataset, current.version));
  const chains = readableVersions(await lake.list(dataset));
  const resolution = await resolveContent(
    { dataset, parent, schema, chains },
    {
      inspect,
      knownObjects: (objects) => catalog.knownObjects(dataset, objects),
      quarantined: (contents) => catalog.quarantined(dataset, contents),
    },
  );
  const decision = decide(dataset, parent, resolution);

  if (decision.accept !== undefined && schema === undefined && resolution.schema !== undefined) {
    const created = await lake.createSchema(resolution.schema);
    if (!created) throw new ConflictError(`The schema of dataset ${dataset} was learnt meanwhile.`);
  }
  if (decision.accept !== undefined) {
    const version = await store(deps, closing, decision.accept, 'accepted', resolution, parentVersion);
    await catalog.accept(version, current);
    await announce(deps, await catalog.version(dataset, version.id));
  }
  if (decision.quarantine !== undefined) {
    const version = await store(deps, closing, decision.quarantine, 'quarantined', resolution, parentVersion);
    await catalog.recordQuarantined(version);
    await deps.publish(DetailType.DATASET_VERSION_QUARANTINED, {
      dataset,
      datasetVersion: version.id,
      reportUri: version.reportUri,
      problems: version.problems,
    });
  }
  if (decision.unchanged !== undefined) {
    await deps.publish(DetailType.DATASET_UNCHANGED, {
      dataset,
      ...(current === undefined ? {} : { datasetVersion: current.version }),
      reasons: decision.unchanged,
    });
  }
  await remember(deps, closing, decision, resolution);
  return {
    superseded: false,
    accepted: decision.accept?.id,
    quarantined: decision.quarantine?.id,
    unchanged: decision.unchanged,
  };
}

/** Writes what a version consists of and what was found in it, and gives the item that the catalog will hold. */
async function store(
  deps: CreateVersionDeps,
  closing: Closing,
  manifest: Manifest,
  status: DatasetVersion['status'],
  resolution: Resolution,
  parent: DatasetVersion | undefined,
): Promise<DatasetVersion> {
  const createdAt = deps.clock.now().toISOString();
  const { dataset, id } = manifest;
  const files = filesOf(resolution);
  const reportUri = await deps.lake.writeReport(
    createReport({ dataset, id, status, createdAt }, deps.lake.bucket, files),
  );
  const manifestUri = await deps.lake.writeManifest(manifest);
  const fresh = resolution.fresh.map(({ inspection }) => inspection);
  const columns =
    resolution.schema === undefined ? [] : versionColumns(resolution.schema, parent?.columns ?? [], fresh);
  const problems = problemLines(
    status === 'accepted' ? files : files.filter((f) => f.verdict === 'quarantined'),
  );
  return versionOf(manifest, {
    ...{ status, manifestUri, reportUri, createdAt, columns, problems },
    firstEventAt: closing.firstEventAt,
  });
}

/** Puts the version's event on the bus unless that was done, by this closing before it was cut off or by another. */
async function announce(deps: CreateVersionDeps, version: DatasetVersion | undefined): Promise<void> {
  if (version === undefined || version.announcedAt !== undefined) return;
  const { dataset, id, parent, manifestUri, objects, rows, bytes, createdAt } = version;
  await deps.publish(DetailType.DATASET_VERSION_CREATED, {
    ...{ dataset, datasetVersion: id, manifestUri, objects, rows, bytes, createdAt },
    ...(parent === undefined ? {} : { parent }),
  });
  await deps.catalog.markAnnounced(dataset, id, deps.clock.now());
}

/** Notes the object versions that no manifest names, so that the next closing neither reads nor announces them. */
async function remember(
  deps: CreateVersionDeps,
  closing: Closing,
  decision: Decision,
  resolution: Resolution,
): Promise<void> {
  const { dataset } = closing;
  const { same, repeated, offending } = resolution;
  const objects = [
    ...same,
    ...repeated.map(({ object }) => object),
    ...offending.map(({ object }) => object),
  ];
  const bad = decision.quarantine;
  const contents =
    bad === undefined
      ? []
      : offending.map(({ object }) => ({
          key: object.key,
          checksum: object.checksum,
          schemaDigest: schemaDigest(resolution.schema),
          datasetVersion: bad.id,
          reportUri: deps.lake.reportUri(dataset, bad.id),
          at: deps.clock.now().toISOString(),
        }));
  await deps.catalog.remember(dataset, objects, contents);
}
