import { concurrently } from '../../shared/concurrently';
import type { Change } from '../changes';
import type { Examiner } from '../examine';
import { resolveChanges } from '../resolve';
import type { Schema } from '../validation/schema';
import type { Plan } from '../work-store';
import type { State } from './conclude';
import type { CreateVersionDeps, Outcome } from './deps';

/** Files that the schema of a dataset is learnt from when there are too many to hold. */
export const LEARNT_FROM = 500;

const SENT_AT_ONCE = 16;

/**
 * Has other functions look at the changes, part by part; the one that finishes last has them assembled. Called again
 * for the same closing it comes to the same plan, of which nothing is done twice.
 *
 * @param first parts that are in memory already
 * @param rest the parts after them
 */
export async function fanOut(
  deps: CreateVersionDeps,
  state: State,
  first: readonly (readonly Change[])[],
  rest: AsyncIterable<readonly Change[]>,
  examine: Examiner,
): Promise<Outcome> {
  const { closing, closedSequence, current } = state;
  const { dataset } = closing;
  const acceptances = state.acceptances.map(({ datasetVersion }) => datasetVersion).sort();
  const schema = state.schema ?? (await learnt(deps, dataset, first[0] ?? [], examine));
  const parts: string[] = [];
  async function* all() {
    yield* first;
    yield* rest;
  }
  for await (const changes of all()) {
    const part = {
      ...{ dataset, closing: `${closing.sequence}${closing.acceptance ?? ''}` },
      ...(current === undefined ? {} : { parent: current.version }),
      ...(schema === undefined ? {} : { schema }),
      ...{ acceptances, changes },
    };
    parts.push(await deps.work.writePart(part));
  }
  const plan: Plan = {
    ...{ dataset, closing },
    ...(current === undefined ? {} : { current: { version: current.version, revision: current.revision } }),
    ...(closedSequence === undefined ? {} : { closedSequence }),
    ...(schema === undefined ? {} : { schema }),
    ...{ acceptances, parts },
  };
  const id = await deps.work.writePlan(plan);
  await concurrently([...parts.keys()], SENT_AT_ONCE, (index) => deps.sendPart({ dataset, plan: id, index }));
  return { superseded: false, parts: parts.length };
}

/** The schema of a dataset that has none, by its first files in the order of keys. */
async function learnt(
  deps: CreateVersionDeps,
  dataset: string,
  changes: readonly Change[],
  examine: Examiner,
): Promise<Schema | undefined> {
  const sample = changes.slice(0, LEARNT_FROM);
  const input = { dataset, schema: undefined, changes: sample, acceptances: new Set<string>() };
  const quarantined = (contents: readonly { key: string; checksum: string }[]) =>
    deps.catalog.quarantined(dataset, contents);
  return (await resolveChanges(input, { ...examine, quarantined })).schema;
}
