import { changesOf, inParts } from '../changes';
import { ConflictError } from '../conflict-error';
import { type Closing, openLimit } from '../drop';
import { examiner } from '../examine';
import { keyStates } from '../listing';
import { partResult } from '../part-result';
import { resolveChanges } from '../resolve';
import { schemaDigest } from '../validation/schema-file';
import { announceVersion } from './announce';
import { conclude, type State } from './conclude';
import type { AssembleMessage, CreateVersionDeps, Outcome } from './deps';
import { fanOut } from './fan-out';
import { keepFileProfiles } from './file-profiles';
import { listInOrder } from './list-in-order';

/** Each lost race means that another closing of the dataset got further; more than a few in a row is a fault. */
const MAX_ATTEMPTS = 5;

/**
 * Closes a drop: makes a dataset version of what its bucket holds now, or says why not. Everything is computed anew
 * from the bucket and the catalog, and what makes a later closing silent is written last; so it may be killed
 * anywhere, run twice or run beside another, and the same versions and at least the same events come out.
 */
export async function createVersion(deps: CreateVersionDeps, closing: Closing): Promise<Outcome> {
  const now = deps.clock.now();
  const limit = openLimit(now, deps.quietSeconds(closing.dataset));
  const mine =
    closing.trigger === 'accept'
      ? // A drop that is open is not torn apart: its own closing lets through what was accepted.
        !(await deps.drops.isOpen(closing.dataset, limit))
      : await deps.drops.close(closing, limit, now);
  return mine ? closeDataset(deps, closing) : { superseded: true };
}

async function closeDataset(deps: CreateVersionDeps, closing: Closing): Promise<Outcome> {
  const examine = examiner(deps.lake, closing.dataset);
  return untilUndisturbed(() => attempt(deps, closing, examine));
}

/** Goes on from the results of all parts; when another closing got further meanwhile, closes the dataset anew. */
export async function assemblePlan(deps: CreateVersionDeps, message: AssembleMessage): Promise<Outcome> {
  const { dataset } = message;
  const plan = await deps.work.readPlan(dataset, message.plan);
  const current = await deps.catalog.current(dataset);
  if (current?.revision !== plan.current?.revision) return closeDataset(deps, plan.closing);
  const state = await readState(deps, plan.closing);
  // A drop closed since the plan was made: its changes may be gone from the bucket, with no further closing due.
  if (state.closedSequence !== plan.closedSequence) return closeDataset(deps, plan.closing);
  // A schema that was edited or learnt meanwhile is not the one that the parts were checked against.
  if (!state.learnt && schemaDigest(state.schema) !== schemaDigest(plan.schema)) {
    return closeDataset(deps, plan.closing);
  }
  async function* results() {
    for (const part of plan.parts) yield await deps.work.readResult(dataset, part);
  }
  try {
    return await conclude(
      deps,
      { ...state, schema: plan.schema, learnt: state.schema === undefined },
      results,
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return closeDataset(deps, plan.closing);
  }
}

async function attempt(
  deps: CreateVersionDeps,
  closing: Closing,
  examine: ReturnType<typeof examiner>,
): Promise<Outcome> {
  const { dataset } = closing;
  const state = await readState(deps, closing);
  const parent = state.current?.version;
  const head = parent === undefined ? undefined : await deps.manifests.head(dataset, parent);
  const before = parent === undefined ? none() : deps.manifests.objects(dataset, parent);
  const states = keyStates(listInOrder(deps.lake, dataset, head?.shards));
  const { facts } = await deps.seen.read(dataset);
  const parts = inParts(changesOf(states, before, facts), deps.limit);
  const first = await parts.next();
  const second = first.done === true ? first : await parts.next();
  if (second.done !== true) return fanOut(deps, state, [first.value!, second.value], parts, examine);

  const resolution = await resolveChanges(
    {
      ...{ dataset, schema: state.schema, changes: first.value ?? [] },
      acceptances: new Set(state.acceptances.map(({ datasetVersion }) => datasetVersion)),
    },
    { ...examine, quarantined: (contents) => deps.catalog.quarantined(dataset, contents) },
  );
  await keepFileProfiles(deps.manifests, dataset, resolution);
  const { inspections, ...result } = partResult(resolution, parent);
  async function* results() {
    yield result;
  }
  const learnt = state.schema === undefined;
  return conclude(deps, { ...state, schema: resolution.schema, learnt }, results, inspections);
}

/**
 * Reads in which state a dataset is, and makes up for an event that a closing before did not come to. How far drops
 * are closed is read first, before the bucket is listed: who closes one later lists later, and this list is old then.
 */
async function readState(deps: CreateVersionDeps, closing: Closing): Promise<State> {
  const { dataset } = closing;
  const { catalog, lake } = deps;
  const closedSequence = await deps.drops.closedSequence(dataset);
  const current = await catalog.current(dataset);
  const parent = current && (await catalog.version(dataset, current.version));
  await announceVersion(deps, parent);
  const schema = await lake.readSchema(dataset);
  const acceptances = await catalog.acceptances(dataset);
  const learnt = schema === undefined;
  return { closing, closedSequence, current, parent, schema, learnt, acceptances };
}

async function untilUndisturbed(run: () => Promise<Outcome>): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === MAX_ATTEMPTS) throw error;
    }
  }
}

async function* none(): AsyncGenerator<never> {}
