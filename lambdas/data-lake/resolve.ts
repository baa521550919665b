import { concurrently } from '../shared/concurrently';
import type { Change } from './changes';
import type { ManifestObject, QuarantinedContent, Schema } from './entities';
import type { Examiner, Identified } from './examine';
import { keyProblems } from './key-problems';
import type { ListedVersion } from './listing';
import { contentFingerprint } from './manifest';
import { checkFile } from './validation/check-file';
import type { Inspection } from './validation/inspection';
import { learnSchema } from './validation/learn-schema';
import { isError, type Problem } from './validation/problem';
import { schemaDigest } from './validation/schema-file';

/** What a changed key stands for now. */
export interface KeyOutcome {
  readonly key: string;
  /** The content to use: the newest that is not bad. */
  readonly accepted?: ManifestObject;
  /** Content found bad now, the newest first. */
  readonly bad: readonly ManifestObject[];
  /** What is known of versions in the chain other than the accepted one. */
  readonly seen: readonly ManifestObject[];
  /** Whether something is known now that was not before. */
  readonly learnt: boolean;
  /** Whether the parent has other content for the key, or had some. */
  readonly replaces: boolean;
}

/** An object version that was read, and what was found. */
export interface ReadObject {
  readonly object: ManifestObject;
  readonly inspection: Inspection;
  readonly problems: readonly Problem[];
}

/** What a part of a dataset's changes comes to. */
export interface Resolution {
  /** The schema that files were checked against: the given one, or the one learnt here. */
  readonly schema: Schema | undefined;
  /** In the order of the changes. */
  readonly keys: readonly KeyOutcome[];
  /** Accepted content that the parent does not have. */
  readonly fresh: readonly ReadObject[];
  /** Content found bad now. */
  readonly offending: readonly ReadObject[];
  /** New object versions that hold what the parent has for the key. */
  readonly same: readonly ManifestObject[];
  /** New object versions that hold what was found bad before. */
  readonly repeated: readonly { readonly object: ManifestObject; readonly before: QuarantinedContent }[];
  /** Quarantined versions whose content is used because it was accepted. */
  readonly waived: readonly string[];
}

export interface ResolveInput {
  readonly dataset: string;
  readonly schema: Schema | undefined;
  readonly changes: readonly Change[];
  /** Ids of the quarantined versions whose content was accepted. */
  readonly acceptances: ReadonlySet<string>;
}

/** What has to be looked up or read on the way. */
export interface ResolveSources extends Examiner {
  quarantined(contents: readonly { key: string; checksum: string }[]): Promise<QuarantinedContent[]>;
}

/** Requests for checksums at the same time; the SDK holds 50 connections. */
const IDENTIFIED_AT_ONCE = 48;
/** Files read at the same time: reading one waits for S3 about as long as it computes. */
const INSPECTED_AT_ONCE = 4;

/** A changed key on the way through its chain. */
interface Walk {
  readonly change: Change;
  at: number;
  accepted?: ManifestObject;
  readonly bad: ManifestObject[];
  readonly seen: ManifestObject[];
  learnt: boolean;
}

interface Step {
  readonly walk: Walk;
  readonly head: ListedVersion;
  readonly known: ManifestObject | undefined;
}

/**
 * Finds for every changed key the newest version whose content is not bad. What is known is not read again; a
 * dataset without a schema learns it from the files that are read.
 */
export async function resolveChanges(input: ResolveInput, sources: ResolveSources): Promise<Resolution> {
  const { dataset, changes, acceptances } = input;
  const fresh: ReadObject[] = [];
  const offending: ReadObject[] = [];
  const same: ManifestObject[] = [];
  const repeated: { object: ManifestObject; before: QuarantinedContent }[] = [];
  const waived = new Set<string>();
  let { schema } = input;

  const rejections = async (contents: readonly { key: string; checksum: string }[]) => {
    const digest = schemaDigest(schema);
    const items = await sources.quarantined(contents);
    const accepted = items.filter(({ datasetVersion }) => acceptances.has(datasetVersion));
    const effective = items.filter((item) => item.schemaDigest === digest && !accepted.includes(item));
    const byContent = (list: QuarantinedContent[]) =>
      new Map(list.map((item) => [contentFingerprint(item.key, item.checksum), item]));
    return { bad: byContent(effective), accepted: byContent(accepted) };
  };

  const walks: Walk[] = changes.map((change) => ({ change, at: 0, bad: [], seen: [], learnt: false }));
  let open = walks;
  while (open.length > 0) {
    const steps: Step[] = [];
    for (const walk of open) {
      const { chain, parent, seen } = walk.change;
      const head = chain[walk.at];
      if (head === undefined) continue;
      const known = seen.find(({ versionId }) => versionId === head.versionId);
      if (parent !== undefined && parent.versionId === head.versionId) walk.accepted = parent;
      else steps.push({ walk, head, known });
    }

    const asked: (Step & { identified: Identified })[] = [];
    const back: Walk[] = [];
    const knownBad = await rejections(steps.flatMap(({ known }) => known ?? []));
    for (const { walk, known } of steps) {
      if (known === undefined) continue;
      const { parent } = walk.change;
      if (parent?.checksum === known.checksum) {
        walk.accepted = parent;
        walk.seen.push(known);
      } else if (knownBad.bad.has(contentFingerprint(known.key, known.checksum))) {
        walk.seen.push(known);
        next(walk, back);
      }
    }
    const left = steps.filter(({ walk }) => walk.accepted === undefined && !back.includes(walk));
    const identities = await concurrently(left, IDENTIFIED_AT_ONCE, ({ head, walk, known }) =>
      known === undefined
        ? sources.identify(head, walk.change.parent, schema)
        : Promise.resolve({ checksum: known.checksum, same: false }),
    );
    left.forEach((step, index) => {
      asked.push({ ...step, identified: identities[index]! });
    });

    const bad = await rejections(
      asked
        .filter(({ identified }) => !identified.same)
        .map(({ head, identified }) => ({ key: head.key, ...identified })),
    );
    const toRead: typeof asked = [];
    for (const step of asked) {
      const { walk, head, identified, known } = step;
      const before = bad.bad.get(contentFingerprint(head.key, identified.checksum));
      const object = asObject(head, identified.checksum, known?.rows ?? walk.change.parent?.rows ?? 0);
      if (identified.same) {
        walk.accepted = walk.change.parent;
        walk.seen.push(object);
        walk.learnt = true;
        same.push(object);
      } else if (before !== undefined) {
        repeated.push({ object, before });
        walk.seen.push(object);
        walk.learnt = true;
        next(walk, back);
      } else {
        toRead.push(step);
      }
    }

    const inspections = await concurrently(toRead, INSPECTED_AT_ONCE, ({ head }) =>
      sources.inspect(head, schema),
    );
    schema ??= learnSchema(dataset, inspections);
    toRead.forEach(({ walk, head, identified }, index) => {
      const inspection = inspections[index]!;
      const object = asObject(head, identified.checksum, inspection.rows);
      const problems = [...keyProblems(head.key), ...checkFile(inspection, schema)];
      const waiver = bad.accepted.get(contentFingerprint(head.key, identified.checksum));
      if (problems.some(isError) && waiver === undefined) {
        offending.push({ object, inspection, problems });
        walk.bad.push(object);
        walk.seen.push(object);
        walk.learnt = true;
        next(walk, back);
        return;
      }
      if (waiver !== undefined) waived.add(waiver.datasetVersion);
      walk.accepted = object;
      fresh.push({ object, inspection, problems });
    });
    open = back;
  }
  return {
    schema,
    keys: walks.map(outcomeOf),
    ...{ fresh, offending, same, repeated },
    waived: [...waived].sort(),
  };
}

/** Goes on with the next older version of the key. */
function next(walk: Walk, back: Walk[]): void {
  walk.at += 1;
  back.push(walk);
}

function asObject({ key, versionId, size }: ListedVersion, checksum: string, rows: number): ManifestObject {
  return { key, versionId, size, checksum, rows };
}

function outcomeOf({ change, accepted, bad, seen, learnt }: Walk): KeyOutcome {
  const { key, parent } = change;
  const told = new Set([accepted, ...seen].map((object) => object?.versionId));
  return {
    key,
    ...(accepted === undefined ? {} : { accepted }),
    bad,
    seen: [...seen, ...change.seen.filter(({ versionId }) => !told.has(versionId))],
    learnt,
    replaces: parent !== undefined && parent.checksum !== accepted?.checksum,
  };
}
