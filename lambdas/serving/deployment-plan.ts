import { isDeepStrictEqual } from 'node:util';
import type { AlarmView, EndpointView } from './endpoint-view';
import { isBusy } from './endpoint-view';

export interface PlanFacts {
  readonly now: Date;
  /** When the deployment first asked for its turn. */
  readonly waitingSince: Date;
  /** When it got the lease: alarms from before have their grace from here on. */
  readonly turnSince: Date;
  readonly turnLimitSeconds: number;
  /** Who holds the deployment lease instead of this deployment. */
  readonly leaseHolder?: string;
  /** Undefined when there is no endpoint. */
  readonly endpoint?: EndpointView;
  readonly alarms: readonly AlarmView[];
  /** Name of the configuration that this deployment makes live. */
  readonly endpointConfigName: string;
  /** Names of the features of the version to deploy, in the order in which the model reads them. */
  readonly features: readonly string[];
  /** Those of the champion; undefined when there is none. */
  readonly championFeatures?: readonly string[];
  /** What the plan before this one was, if there was one: it came to nothing. */
  readonly previousOutcome?: PlanDecision['outcome'];
}

/** What to do next. `creating`: the endpoint has never served. */
export type PlanDecision =
  | { readonly outcome: 'wait'; readonly waitSeconds: number; readonly reasons: readonly string[] }
  | { readonly outcome: 'refused'; readonly reasons: readonly string[] }
  | {
      readonly outcome: 'create' | 'update' | 'replace';
      readonly creating: boolean;
      readonly reasons: readonly string[];
    }
  | { readonly outcome: 'adopt'; readonly creating: boolean; readonly reasons: readonly string[] };

/** Seconds between two attempts to get a turn. */
export const TURN_SECONDS = 30;
/** How long a rollback alarm from before is given to recover. A live model that fails may itself need this deployment. */
export const ALARM_GRACE_SECONDS = 600;

/**
 * Decides about the next step of a deployment: a lease held by another and an endpoint that is changing are waited
 * for, up to the limit; a failed endpoint is replaced; what this deployment has begun already is taken up again. What
 * SageMaker refused to begin is tried again, up to the same limit.
 *
 * While traffic moves, requests are written for the champion: values in the order of its features, without names. A
 * version with other features would misread those that it gets, whether traffic moves step by step or all at once,
 * and is refused as long as the endpoint serves.
 */
export function planDeployment(facts: PlanFacts): PlanDecision {
  const decision = nextStep(facts);
  const waited = waitedSeconds(facts);
  const again = decision.outcome === facts.previousOutcome && decision.outcome !== 'wait';
  return again && waited >= facts.turnLimitSeconds
    ? {
        outcome: 'refused',
        reasons: [
          `Gave up after ${Math.round(waited)} s: SageMaker refuses again and again to ${decision.outcome} the endpoint. The history of the execution has its words.`,
        ],
      }
    : decision;
}

function waitedSeconds({ now, waitingSince }: PlanFacts): number {
  return (now.getTime() - waitingSince.getTime()) / 1000;
}

function nextStep(facts: PlanFacts): PlanDecision {
  const waited = waitedSeconds(facts);
  const wait = (reason: string): PlanDecision =>
    waited >= facts.turnLimitSeconds
      ? {
          outcome: 'refused',
          reasons: [`Gave up after waiting ${Math.round(waited)} s for its turn: ${reason}.`],
        }
      : { outcome: 'wait', waitSeconds: TURN_SECONDS, reasons: [`Waiting: ${reason}.`] };

  if (facts.leaseHolder !== undefined) return wait(`deployment "${facts.leaseHolder}" is in progress`);
  const { endpoint } = facts;
  if (endpoint === undefined) {
    return { outcome: 'create', creating: true, reasons: ['There is no endpoint yet: it is created.'] };
  }
  if (isMine(endpoint, facts.endpointConfigName)) {
    return {
      outcome: 'adopt',
      creating: endpoint.status === 'Creating' || endpoint.status === 'Failed',
      reasons: [`The endpoint already has configuration ${facts.endpointConfigName}.`],
    };
  }
  if (isBusy(endpoint.status)) return wait(`the endpoint is ${endpoint.status}`);
  if (endpoint.status === 'Failed') {
    return {
      outcome: 'replace',
      creating: true,
      reasons: [`The endpoint has failed (${endpoint.failureReason ?? 'no reason given'}): it is replaced.`],
    };
  }
  return planUpdate(facts, endpoint, wait);
}

function planUpdate(
  facts: PlanFacts,
  endpoint: EndpointView,
  wait: (reason: string) => PlanDecision,
): PlanDecision {
  const others = otherFeatures(facts);
  if (others !== undefined) return { outcome: 'refused', reasons: [others] };
  const firing = facts.alarms.filter((alarm) => alarm.state === 'ALARM');
  const graced = (facts.now.getTime() - facts.turnSince.getTime()) / 1000;
  const names = firing.map((alarm) => `"${alarm.name}"`).join(' and ');
  if (firing.length > 0 && graced < ALARM_GRACE_SECONDS) {
    return wait(`rollback alarm ${names} is in ALARM from before and would end the deployment at once`);
  }
  return {
    outcome: 'update',
    creating: false,
    reasons: [
      `The endpoint is ${endpoint.status} with configuration ${endpoint.config}: traffic is shifted.`,
      ...(firing.length === 0
        ? []
        : [
            `Rollback alarm ${names} is still in ALARM after ${Math.round(graced)} s: the live model may be the cause.`,
          ]),
    ],
  };
}

function otherFeatures({ features, championFeatures }: PlanFacts): string | undefined {
  if (championFeatures === undefined || isDeepStrictEqual(features, championFeatures)) return undefined;
  const added = features.filter((name) => !championFeatures.includes(name));
  const removed = championFeatures.filter((name) => !features.includes(name));
  const changes = [
    ...(added.length > 0 ? [`${added.join(', ')} added`] : []),
    ...(removed.length > 0 ? [`${removed.join(', ')} removed`] : []),
  ];
  return (
    `The features are not the champion's (${changes.length > 0 ? changes.join('; ') : 'in another order'}): ` +
    'requests are written for the champion while traffic moves, and this version would misread them. Delete the ' +
    'endpoint and deploy once more, which interrupts predictions, or train a model of another name.'
  );
}

function isMine(endpoint: EndpointView, configName: string): boolean {
  return endpoint.pendingConfig === configName || endpoint.config === configName;
}
