import type { ManifestObject, QuarantinedContent } from '../entities';
import { mergeJoin } from '../merge-join';
import type { PartResult } from '../part-result';
import type { KeyOutcome } from '../resolve';
import { schemaDigest } from '../validation/schema-file';
import type { CreateVersionDeps } from './deps';
import type { Evidence } from './store-version';

/**
 * Notes what makes the next closing silent: what is known of object versions, and then which content is bad. Cut off
 * between the two, the next closing finds it bad again; the other way round it would take it for a second drop.
 */
export async function remember(
  deps: CreateVersionDeps,
  { state, assembly }: Evidence,
  quarantined: boolean,
  results: () => AsyncIterable<PartResult>,
): Promise<void> {
  const { dataset } = state.closing;
  if (assembly.learnt) {
    const { facts, etag } = await deps.seen.read(dataset);
    await deps.seen.write(dataset, merged(facts, results()), etag);
  }
  if (quarantined && assembly.bad.length > 0) {
    const version = assembly.dropped.versionId;
    const at = deps.clock.now().toISOString();
    const contents = assembly.bad.map(
      ({ key, checksum }): QuarantinedContent => ({
        ...{ key, checksum, at, datasetVersion: version },
        schemaDigest: schemaDigest(state.schema),
        reportUri: deps.lake.reportUri(dataset, version),
      }),
    );
    await deps.catalog.rememberBad(dataset, contents);
  }
}

/** What is known now: of changed keys what the results say, of the others what was known before. */
async function* merged(
  facts: AsyncIterable<ManifestObject>,
  results: AsyncIterable<PartResult>,
): AsyncGenerator<ManifestObject> {
  async function* outcomes(): AsyncGenerator<KeyOutcome> {
    for await (const { keys } of results) yield* keys;
  }
  for await (const { items } of mergeJoin<[ManifestObject, KeyOutcome]>(facts, outcomes())) {
    const [before, [outcome]] = items;
    yield* outcome === undefined ? before : outcome.seen;
  }
}
