import type { Inspection } from './csv/inspect-csv';
import type {
  KnownObject,
  Manifest,
  ManifestObject,
  QuarantinedContent,
  Schema,
  SchemaColumn,
} from './entities';
import { contentFingerprint } from './manifest';
import { isError, type Problem, problem } from './problem';
import { learnSchema, problemsUnder, schemaDigest } from './schema';
import type { ListedVersion } from './snapshot';

/** An object version that was read, and what was found. */
export interface ReadObject {
  readonly object: ManifestObject;
  readonly inspection: Inspection;
  readonly problems: readonly Problem[];
}

/** What each key of a dataset stands for now. */
export interface Resolution {
  /** The schema that files were checked against: the given one, or the one learnt here. */
  readonly schema: Schema | undefined;
  /** The content to use, at most one for a key. */
  readonly accepted: readonly ManifestObject[];
  /** Accepted content that the parent does not have. */
  readonly fresh: readonly ReadObject[];
  /** Content found bad now. */
  readonly offending: readonly ReadObject[];
  /** New object versions that hold what the parent has for the key. */
  readonly same: readonly ManifestObject[];
  /** New object versions that hold what was found bad before. */
  readonly repeated: readonly { readonly object: ManifestObject; readonly before: QuarantinedContent }[];
}

export interface ResolveInput {
  readonly dataset: string;
  readonly parent: Manifest | undefined;
  readonly schema: Schema | undefined;
  /** For each key, what it can be read from, newest first. */
  readonly chains: ReadonlyMap<string, readonly ListedVersion[]>;
}

/** What has to be looked up or read on the way. */
export interface ResolveSources {
  knownObjects(objects: readonly ListedVersion[]): Promise<KnownObject[]>;
  quarantined(contents: readonly { key: string; checksum: string }[]): Promise<QuarantinedContent[]>;
  inspect(
    objects: readonly ListedVersion[],
    columns: readonly SchemaColumn[] | undefined,
  ): Promise<Inspection[]>;
}

/** Characters that tools cut keys at, or that hide what a key is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNUSABLE = /[\u0000-\u001f\u007f]/;

function keyProblems(key: string): Problem[] {
  return UNUSABLE.test(key)
    ? [problem('unusable-key', 'the key has control characters; rename the object')]
    : [];
}

function asObject(head: ListedVersion, read: { checksum: string; rows: number }): ManifestObject {
  const { key, versionId, size } = head;
  return { key, versionId, size, checksum: read.checksum, rows: read.rows };
}

/**
 * Finds for every key the newest version whose content is not bad. What the parent's manifest or the catalog knows
 * is not read again; a dataset without a schema learns it from the files that are read.
 */
export async function resolveContent(input: ResolveInput, sources: ResolveSources): Promise<Resolution> {
  const parents = new Map(input.parent?.objects.map((object) => [object.key, object]));
  const accepted: ManifestObject[] = [];
  const fresh: ReadObject[] = [];
  const offending: ReadObject[] = [];
  const same: ManifestObject[] = [];
  const repeated: { object: ManifestObject; before: QuarantinedContent }[] = [];
  let { schema } = input;

  const badContent = async (contents: readonly { key: string; checksum: string }[]) => {
    const digest = schemaDigest(schema);
    const items = await sources.quarantined(contents);
    const effective = items.filter((item) => item.schemaDigest === digest);
    return new Map(effective.map((item) => [contentFingerprint(item.key, item.checksum), item]));
  };

  let heads = [...input.chains.values()].map((chain) => ({ chain, at: 0 }));
  while (heads.length > 0) {
    const older: typeof heads = [];
    const toRead: { head: ListedVersion; next: () => void }[] = [];
    const open: typeof toRead = [];
    for (const { chain, at } of heads) {
      const head = chain[at];
      if (head === undefined) continue;
      const parent = parents.get(head.key);
      if (parent?.versionId === head.versionId) accepted.push(parent);
      else open.push({ head, next: () => older.push({ chain, at: at + 1 }) });
    }

    const known = await sources.knownObjects(open.map(({ head }) => head));
    const knownBad = await badContent(known);
    for (const { head, next } of open) {
      const content = known.find((item) => item.key === head.key && item.versionId === head.versionId);
      const parent = parents.get(head.key);
      if (content === undefined) toRead.push({ head, next });
      else if (parent?.checksum === content.checksum) accepted.push(parent);
      else if (knownBad.has(contentFingerprint(content.key, content.checksum))) next();
      else toRead.push({ head, next });
    }

    const inspections = await sources.inspect(
      toRead.map(({ head }) => head),
      schema?.columns,
    );
    schema ??= learnSchema(input.dataset, inspections);
    const read = toRead.map((entry, index) => ({ ...entry, inspection: inspections[index]! }));
    const bad = await badContent(read.map(({ head, inspection }) => ({ key: head.key, ...inspection })));
    for (const { head, next, inspection } of read) {
      const object = asObject(head, inspection);
      const parent = parents.get(head.key);
      const before = bad.get(contentFingerprint(head.key, inspection.checksum));
      const problems = [...keyProblems(head.key), ...problemsUnder(inspection, schema)];
      if (parent?.checksum === inspection.checksum) {
        accepted.push(parent);
        same.push(object);
      } else if (before !== undefined) {
        repeated.push({ object, before });
        next();
      } else if (problems.some(isError)) {
        offending.push({ object, inspection, problems });
        next();
      } else {
        accepted.push(object);
        fresh.push({ object, inspection, problems });
      }
    }
    heads = older;
  }
  return { schema, accepted, fresh, offending, same, repeated };
}
