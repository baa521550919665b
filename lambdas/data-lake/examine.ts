import { type Algorithm, algorithmOf, type Checksums, digester, preferred, spell } from './checksum';
import type { ManifestObject, Schema } from './entities';
import { formatOfKey } from './formats/format-of-key';
import { inspectFile } from './formats/inspect-file';
import type { LakeStore } from './lake-store';
import type { ListedVersion } from './listing';
import type { Inspection } from './validation/inspection';

/** The bytes of an object version under their name. */
export interface Identified {
  readonly checksum: string;
  /** Whether these are the parent's bytes; then `checksum` is the parent's. */
  readonly same: boolean;
  /** What was found when the bytes had to be read for their checksum. */
  readonly inspection?: Inspection;
}

/** Reads object versions. Their bytes never change, so what was read once is not read again. */
export interface Examiner {
  /** Names the bytes, by S3's own checksum where it keeps one, and compares them with the parent's. */
  identify(object: ListedVersion, parent: ManifestObject | undefined, schema?: Schema): Promise<Identified>;
  /** What is in the file. */
  inspect(object: ListedVersion, schema: Schema | undefined): Promise<Inspection>;
}

/** A file that nobody reads, because its name says that it holds no table. */
const unread = ({ key, size }: ListedVersion): Inspection => ({
  ...{ key, size, format: 'opaque', rows: 0 },
  ...{ header: [], columns: [], problems: [] },
});

export function examiner(lake: LakeStore, dataset: string): Examiner {
  const identities = new Map<string, Checksums>();
  const inspections = new Map<string, Inspection>();
  const idOf = ({ key, versionId }: ListedVersion) => JSON.stringify([key, versionId]);

  /** Reads the bytes once: for these checksums, and as a table when there may be one in them. */
  async function read(
    object: ListedVersion,
    schema: Schema | undefined,
    algorithms: ReadonlySet<Algorithm>,
  ): Promise<{ checksums: Checksums; inspection: Inspection }> {
    const { key, versionId } = object;
    const body = await lake.open(dataset, key, versionId);
    const digests = digester(algorithms);
    const passing = (async function* () {
      for await (const chunk of body) {
        digests.update(chunk);
        yield chunk;
      }
    })();
    // Not a generator of its own: who stops early must not close what has to be read to its end.
    const source = { [Symbol.asyncIterator]: () => ({ next: () => passing.next() }) };
    const range = (start: number, end: number) => lake.range(dataset, key, versionId, start, end);
    const opaque = schema === undefined && formatOfKey(key) === 'opaque';
    const inspection = opaque ? unread(object) : await inspectFile(source, object, schema, { range });
    if (algorithms.size > 0) for await (const _ of source);
    await passing.return(undefined);
    (body as { destroy?(): void }).destroy?.();
    return { checksums: await digests.digests(), inspection };
  }

  return {
    async identify(object, parent, schema) {
      const id = idOf(object);
      let checksums = identities.get(id);
      if (checksums === undefined) {
        checksums = await lake.checksums(dataset, object.key, object.versionId);
        identities.set(id, checksums);
      }
      const needed = new Set<Algorithm>();
      const rival = parent?.size === object.size ? algorithmOf(parent.checksum) : undefined;
      if (rival !== undefined && checksums[rival] === undefined) needed.add(rival);
      if (preferred(checksums) === undefined) needed.add('sha256');
      let inspection: Inspection | undefined;
      if (needed.size > 0) {
        const result = await read(object, schema, needed);
        inspection = result.inspection;
        inspections.set(JSON.stringify([id, schema]), inspection);
        // Kept apart from S3's own: the name of content must not depend on what it was compared with.
        checksums = { ...result.checksums, ...checksums };
        if (preferred(identities.get(id)!) === undefined) identities.set(id, { sha256: checksums.sha256 });
      }
      if (parent !== undefined && rival !== undefined) {
        const own = checksums[rival];
        if (own !== undefined && spell(rival, own) === parent.checksum) {
          return { checksum: parent.checksum, same: true, inspection };
        }
      }
      return { checksum: preferred(identities.get(id)!)!, same: false, inspection };
    },

    async inspect(object, schema) {
      if (schema === undefined && formatOfKey(object.key) === 'opaque') return unread(object);
      const id = JSON.stringify([idOf(object), schema]);
      const before = inspections.get(id);
      if (before !== undefined) return before;
      const { inspection } = await read(object, schema, new Set());
      inspections.set(id, inspection);
      return inspection;
    },
  };
}
