import { DetailType } from '../../../lib/events-contract';
import type { CurrentVersion } from '../catalog';
import { ConflictError } from '../conflict-error';
import { type Decision, decide, type Proposal, reasonsUnchanged } from '../decide';
import type { Closing } from '../drop';
import type { Acceptance, DatasetVersion, Schema } from '../entities';
import type { PartResult } from '../part-result';
import type { Inspection } from '../validation/inspection';
import { isError } from '../validation/problem';
import { announceQuarantined, announceVersion } from './announce';
import { type Assembly, assemble } from './assembly';
import type { CreateVersionDeps, Outcome } from './deps';
import { dropProblems } from './drop-problems';
import { versionProfile } from './profile';
import { remember } from './remember';
import { type Evidence, storeVersion } from './store-version';

/** The state of a dataset in which a drop is closed. */
export interface State {
  readonly closing: Closing;
  /** Up to which event drops were closed before the bucket was listed. */
  readonly closedSequence: number | undefined;
  readonly current: CurrentVersion | undefined;
  readonly parent: DatasetVersion | undefined;
  /** What files were checked against. */
  readonly schema: Schema | undefined;
  /** Whether the schema is yet to be kept. */
  readonly learnt: boolean;
  readonly acceptances: readonly Acceptance[];
}

/**
 * Makes of the results what becomes of the drop: a version, a quarantine, both, or nothing. What makes a later
 * closing silent is written last.
 *
 * @param inspections of the fresh files, when they were looked at here
 * @throws ConflictError when another closing got further meanwhile
 */
export async function conclude(
  deps: CreateVersionDeps,
  state: State,
  results: () => AsyncIterable<PartResult>,
  inspections?: readonly Inspection[],
): Promise<Outcome> {
  const { manifests } = deps;
  const { dataset } = state.closing;
  const parentHead = state.current && (await manifests.head(dataset, state.current.version));
  const assembly = await assemble(manifests, dataset, parentHead, results());
  const before = parentHead && (await manifests.readProfile(dataset, parentHead.id));
  const profile = await versionProfile(manifests, dataset, assembly, parentHead, before);
  const problems = dropProblems({ schema: state.schema, assembly, before, inspections });
  const evidence: Evidence = { state, assembly, problems, profile };
  const proposal: Proposal = {
    parent: parentHead?.id,
    next: assembly.next.objects > 0 ? assembly.next.versionId : undefined,
    dropped: assembly.dropped.objects > 0 ? assembly.dropped.versionId : undefined,
    offending: assembly.offending,
    failed: problems.some(isError),
    acceptances: new Set(state.acceptances.map(({ datasetVersion }) => datasetVersion)),
  };
  const decision = decide(proposal);
  if (decision.accept !== undefined) await accept(deps, evidence, assembly[decision.accept]);
  if (decision.quarantine) {
    const version = await storeVersion(deps, evidence, assembly.dropped, 'quarantined');
    await announceQuarantined(deps, version);
  }
  const unchanged = reasonsOf(decision, proposal, evidence);
  if (unchanged.length > 0) {
    await deps.publish(DetailType.DATASET_UNCHANGED, {
      dataset,
      ...(state.current === undefined ? {} : { datasetVersion: state.current.version }),
      reasons: unchanged,
    });
  }
  await remember(deps, evidence, decision.quarantine, results);
  return {
    superseded: false,
    ...(decision.accept === undefined ? {} : { accepted: assembly[decision.accept].versionId }),
    ...(decision.quarantine ? { quarantined: assembly.dropped.versionId } : {}),
    ...(unchanged.length > 0 ? { unchanged } : {}),
  };
}

async function accept(
  deps: CreateVersionDeps,
  evidence: Evidence,
  manifest: Assembly['next'],
): Promise<void> {
  const { catalog, lake } = deps;
  const { closing, closedSequence, schema, learnt, current } = evidence.state;
  const { dataset } = closing;
  if (learnt && schema !== undefined && !(await lake.createSchema(schema))) {
    throw new ConflictError(`The schema of dataset ${dataset} was learnt meanwhile.`);
  }
  const known = (await catalog.version(dataset, manifest.versionId)) !== undefined;
  const version = await storeVersion(deps, evidence, manifest, 'accepted');
  await catalog.accept(version, current, deps.clock.now(), known, closedSequence);
  await announceVersion(deps, await catalog.version(dataset, version.id));
}

function reasonsOf(decision: Decision, proposal: Proposal, { state, assembly }: Evidence): string[] {
  if (decision.accept !== undefined || decision.quarantine) return [];
  const reasons = reasonsUnchanged(proposal, assembly.unchanged);
  const { trigger, acceptance } = state.closing;
  if (trigger !== 'accept') return reasons;
  return [
    ...reasons,
    `version ${acceptance?.slice(0, 8)} was accepted, but nothing is left of it to let through`,
  ];
}
