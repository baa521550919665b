import { RECIPE_TAG } from '../../lib/training/contract';
import type { PendingTrigger, Run, Trigger } from '../registry/entities';
import { runIdOf } from './trigger-key';

/** Limits on runs that new data starts. Drift, a schedule and people are not held back by them. */
export interface AdmissionPolicy {
  readonly maxDataRunsPerDay: number;
  /** Least time between the starts of two runs that data started. */
  readonly cooldownSeconds: number;
}

/** Everything that the governor looks at. */
export interface AdmissionState {
  readonly now: Date;
  /** Triggers that wait for a run, in any order. */
  readonly pending: readonly PendingTrigger[];
  /** The run that goes on, if one does. */
  readonly current?: { readonly runId: string };
  /** The newest accepted dataset version. */
  readonly newest?: string;
  /** Earlier runs of the model, newest first. */
  readonly runs: readonly Run[];
  /** What a run would be made with now. */
  readonly recipe: string;
}

export type Admission =
  | { readonly decision: 'idle' }
  | {
      readonly decision: 'start';
      readonly runId: string;
      readonly lead: PendingTrigger;
      readonly datasetVersion: string;
      readonly reasons: readonly string[];
      /** Keys of all triggers that this run answers. */
      readonly covers: readonly string[];
    }
  | {
      readonly decision: 'ignore';
      readonly lead: PendingTrigger;
      readonly reasons: readonly string[];
      readonly covers: readonly string[];
    }
  | {
      readonly decision: 'coalesce' | 'defer';
      readonly lead: PendingTrigger;
      readonly reasons: readonly string[];
    };

/** People first, then a model that decays, then habit, then new data. */
const PRECEDENCE: readonly Trigger[] = ['manual', 'drift', 'schedule', 'data'];
const DAY_SECONDS = 24 * 3600;

/**
 * Decides about the foremost pending trigger. A trigger that is coalesced or deferred keeps waiting; one that is
 * started or ignored is settled, together with all that its run answers as well.
 */
export function admit(state: AdmissionState, policy: AdmissionPolicy): Admission {
  const lead = [...state.pending].sort(byPrecedence)[0];
  if (lead === undefined) return { decision: 'idle' };
  if (state.current !== undefined) {
    return {
      decision: 'coalesce',
      lead,
      reasons: [
        `run ${state.current.runId} goes on: at most one run at a time, so this trigger waits for its end`,
      ],
    };
  }
  const datasetVersion = chosenVersion(lead, state);
  if (datasetVersion === undefined) {
    return {
      decision: 'ignore',
      lead,
      covers: [lead.key],
      reasons: ['no dataset version has been accepted yet, so there is nothing to train on'],
    };
  }
  const covers = coveredBy(datasetVersion, lead, state);
  const judged = judgedBefore(datasetVersion, state);
  if (judged !== undefined && lead.trigger !== 'manual') {
    return { decision: 'ignore', lead, covers, reasons: [nothingNew(lead, datasetVersion, judged)] };
  }
  const held = lead.trigger === 'data' ? heldBack(state, policy) : undefined;
  if (held !== undefined) return { decision: 'defer', lead, reasons: [held] };
  return {
    decision: 'start',
    lead,
    datasetVersion,
    covers,
    runId: runIdOf(lead, datasetVersion),
    reasons: startReasons(lead, covers, state, policy),
  };
}

function byPrecedence(a: PendingTrigger, b: PendingTrigger): number {
  const rank = PRECEDENCE.indexOf(a.trigger) - PRECEDENCE.indexOf(b.trigger);
  if (rank !== 0) return rank;
  if (a.requestedAt !== b.requestedAt) return a.requestedAt < b.requestedAt ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

/** Only a person may ask for an older version: a newer one holds everything that an older one held. */
function chosenVersion(lead: PendingTrigger, state: AdmissionState): string | undefined {
  return lead.trigger === 'manual'
    ? (lead.datasetVersion ?? state.newest)
    : (state.newest ?? lead.datasetVersion);
}

function coveredBy(datasetVersion: string, lead: PendingTrigger, state: AdmissionState): string[] {
  const newest = datasetVersion === (state.newest ?? datasetVersion);
  return state.pending
    .filter((other) => {
      if (other.key === lead.key) return true;
      if (other.trigger === 'manual') return (other.datasetVersion ?? state.newest) === datasetVersion;
      return newest;
    })
    .map((other) => other.key);
}

function judgedBefore(datasetVersion: string, state: AdmissionState): Run | undefined {
  return state.runs.find(
    (run) =>
      run.datasetVersion === datasetVersion &&
      run.tags[RECIPE_TAG] === state.recipe &&
      (run.status === 'FINISHED' || run.status === 'REJECTED'),
  );
}

function nothingNew(lead: PendingTrigger, datasetVersion: string, judged: Run): string {
  const outcome =
    judged.status === 'FINISHED' ? `gave version ${judged.modelVersion ?? '?'}` : 'was rejected';
  const same = `run ${judged.runId} was trained on dataset version ${short(datasetVersion)}, the newest accepted one, with the same code and settings, and ${outcome}`;
  return lead.trigger === 'drift'
    ? `${same}: training again on the same data cannot answer the drift; newer data can, or a person's request`
    : `${same}: nothing new to learn`;
}

function heldBack(state: AdmissionState, policy: AdmissionPolicy): string | undefined {
  const dataRuns = state.runs.filter((run) => run.trigger === 'data');
  if (policy.maxDataRunsPerDay === 0) {
    return 'data may start no run (maxDataRunsPerDay is 0): waits for drift, a schedule or a person';
  }
  const dayAgo = state.now.getTime() - DAY_SECONDS * 1000;
  const today = dataRuns.filter((run) => Date.parse(run.startedAt) > dayAgo);
  if (today.length >= policy.maxDataRunsPerDay) {
    const oldest = Math.min(...today.map((run) => Date.parse(run.startedAt)));
    return `${today.length} of at most ${policy.maxDataRunsPerDay} runs that data may start were started in the last 24 hours: waits until ${iso(oldest + DAY_SECONDS * 1000)}, or for drift`;
  }
  const last = Math.max(...dataRuns.map((run) => Date.parse(run.startedAt)));
  const since = (state.now.getTime() - last) / 1000;
  if (since >= policy.cooldownSeconds) return undefined;
  return `the last run that data started began ${Math.floor(since)} s ago and the cooldown is ${policy.cooldownSeconds} s: waits until ${iso(last + policy.cooldownSeconds * 1000)}, or for drift`;
}

function startReasons(
  lead: PendingTrigger,
  covers: readonly string[],
  state: AdmissionState,
  policy: AdmissionPolicy,
): string[] {
  const reasons = [...lead.reasons];
  const held = heldBack(state, policy);
  if (held !== undefined)
    reasons.push(`a ${lead.trigger} trigger is not held back by the limits on data runs`);
  const others = state.pending.filter((other) => other.key !== lead.key && covers.includes(other.key));
  if (others.length > 0) {
    const kinds = others.map((other) => `${other.trigger} (${other.reasons.join('; ')})`);
    reasons.push(
      `also answers ${others.length} waiting trigger${others.length > 1 ? 's' : ''}: ${kinds.join(', ')}`,
    );
  }
  return reasons;
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
const short = (version: string): string => version.slice(0, 8);
