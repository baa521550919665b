/**
 * The step of a large drop that no other function shares: writing the manifest from the results of all parts, with
 * a store in memory, so that only computing is measured. Run: `node --import tsx bench/data-lake/assemble.ts [FILES]`
 */
import { assemble } from '../../lambdas/data-lake/create-version/assembly';
import type { ManifestObject } from '../../lambdas/data-lake/entities';
import { manifestsIn } from '../../lambdas/data-lake/manifest-store';
import type { PartResult } from '../../lambdas/data-lake/part-result';
import type { S3Objects } from '../../lambdas/data-lake/s3-objects';

const PART = 5_000;
const CHANGED = 100;

function memory(): S3Objects & { bytes(): number } {
  const held = new Map<string, Uint8Array>();
  const write = async (key: string, body: string | Uint8Array) => void held.set(key, Buffer.from(body));
  return {
    bucket: 'lake',
    uri: (key) => `s3://lake/${key}`,
    read: async (key) => held.get(key),
    write,
    create: async (key, body) => (held.has(key) ? false : write(key, body).then(() => true)),
    bytes: () => [...held.values()].reduce((sum, { length }) => sum + length, 0),
  };
}

const objectOf = (index: number, round: number): ManifestObject => ({
  key: `2013/${String(index).padStart(9, '0')}.jpg`,
  versionId: `${round}-${index.toString(36).padStart(30, 'x')}`,
  size: 100_000 + index,
  checksum: `crc64nvme:${(index * 2_654_435_761 + round).toString(16).padStart(16, '0').slice(-16)}`,
  rows: 0,
});

function resultOf(objects: readonly ManifestObject[]): PartResult {
  const keys = objects.map((accepted) => ({
    ...{ key: accepted.key, accepted, bad: [], seen: [] },
    ...{ learnt: false, replaces: false },
  }));
  return {
    ...{ keys, fresh: objects.length, offending: 0, unchanged: { count: 0, first: [] } },
    ...{ files: [], filesLeftOut: 0, problems: [], waived: [] },
  };
}

async function main(files: number): Promise<void> {
  const store = memory();
  const manifests = manifestsIn(store);
  async function* all() {
    for (let start = 0; start < files; start += PART) {
      yield resultOf(
        Array.from({ length: Math.min(PART, files - start) }, (_, at) => objectOf(start + at, 1)),
      );
    }
  }
  async function* few() {
    const step = Math.floor(files / CHANGED);
    yield resultOf(Array.from({ length: CHANGED }, (_, at) => objectOf(at * step, 2)));
  }
  const timed = async (what: string, run: () => ReturnType<typeof assemble>) => {
    const before = process.cpuUsage();
    const held = store.bytes();
    const assembly = await run();
    const head = await assembly.next.finish();
    const { user, system } = process.cpuUsage(before);
    console.log(
      `${what}: ${((user + system) / 1e6).toFixed(1)} s CPU, ${head.shards?.length ?? 0} shards, ` +
        `${((store.bytes() - held) / 2 ** 20).toFixed(1)} MB written, ` +
        `peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB (with what the store holds)`,
    );
    return head;
  };
  const first = await timed(`${files} files`, () => assemble(manifests, 'images', undefined, all()));
  await timed(`${CHANGED} changed`, () => assemble(manifests, 'images', first, few()));
}

main(Number(process.argv[2] ?? '1000000'));
