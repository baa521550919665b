import { CHAMPION, Lease } from '../../../lib/registry/contract';
import { endpointNameOf, LEASE_SECONDS, type ModelSettings } from '../../../lib/serving/contract';
import type { Alias, ModelVersion } from '../../registry/entities';
import { NotServableError, type RegistryStore } from '../../registry/registry-store';
import type { Clock } from '../../shared/clock';
import { whyNotDeployed } from '../deployable';
import { endpointConfigName, sageMakerModelName } from '../deployed-names';
import { planDeployment } from '../deployment-plan';
import { type DeploymentRequest, parseDeploymentRequest } from '../deployment-request';
import type { AlarmView, EndpointView } from '../endpoint-view';

export interface PlanEvent {
  readonly deploymentId: string;
  readonly request: unknown;
  /** The plan before; empty at the first attempt. */
  readonly previous: {
    readonly waitingSince?: string;
    readonly turnSince?: string;
    readonly outcome?: Plan['outcome'];
  };
}

/** What the state machine goes on with. Names, times and lists are always there; the rest once a turn was got. */
export interface Plan {
  readonly outcome: 'wait' | 'refused' | 'create' | 'update' | 'replace' | 'adopt';
  readonly reasons: readonly string[];
  readonly waitSeconds: number;
  readonly waitingSince: string;
  readonly turnSince?: string;
  readonly creating?: boolean;
  readonly version?: number;
  readonly modelName?: string;
  readonly endpointConfigName?: string;
  readonly image?: string;
  readonly artifactUri?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Revision of the champion alias when the deployment got its turn; absent when there was no champion. */
  readonly aliasRevision?: number;
  /** ISO time after which the endpoint is no longer waited for. */
  readonly deadline?: string;
}

export interface PlanDeps {
  readonly model: string;
  readonly settings: ModelSettings;
  readonly turnLimitSeconds: number;
  readonly deploymentLimitSeconds: number;
  readonly store: Pick<
    RegistryStore,
    'acquireLease' | 'getLease' | 'getModelVersion' | 'getAlias' | 'putDeployment'
  >;
  readonly readEndpoint: () => Promise<EndpointView | undefined>;
  readonly readAlarms: () => Promise<AlarmView[]>;
  readonly clock: Clock;
}

const WAIT_SECONDS_AFTER_DELETE = 10;

export function createHandler(deps: PlanDeps) {
  return async (event: PlanEvent): Promise<Plan> => {
    const now = deps.clock.now();
    const waitingSince = event.previous.waitingSince ?? now.toISOString();
    const refused = (reasons: readonly string[]): Plan => ({
      outcome: 'refused',
      reasons,
      waitSeconds: 0,
      waitingSince,
    });
    const { request, problems } = parseDeploymentRequest(event.request, deps.model);
    if (problems !== undefined) return refused(problems);
    const found = await findDeployable(deps, request.version);
    if (found.refusal !== undefined) return refused([found.refusal]);
    const { version } = found;

    const lease = await deps.store.acquireLease({
      model: deps.model,
      name: Lease.DEPLOYMENT,
      owner: event.deploymentId,
      now,
      ttlSeconds: LEASE_SECONDS,
    });
    const turnSince = lease === undefined ? undefined : (event.previous.turnSince ?? now.toISOString());
    const [endpoint, champion, alarms, holder] = await Promise.all([
      deps.readEndpoint(),
      deps.store.getAlias(deps.model, CHAMPION),
      deps.readAlarms(),
      lease === undefined ? deps.store.getLease(deps.model, Lease.DEPLOYMENT) : undefined,
    ]);
    const live = champion && (await deps.store.getModelVersion(deps.model, champion.version));
    const configName = endpointConfigName(deps.model, version.version, event.deploymentId);
    const decision = planDeployment({
      now,
      waitingSince: new Date(waitingSince),
      turnSince: new Date(turnSince ?? now),
      turnLimitSeconds: deps.turnLimitSeconds,
      leaseHolder: lease === undefined ? (holder?.owner ?? 'another') : undefined,
      endpoint,
      alarms,
      endpointConfigName: configName,
      features: namesOf(version),
      championFeatures: live && namesOf(live),
      previousOutcome: event.previous.outcome,
    });
    if (lease !== undefined) {
      await record(deps, event.deploymentId, request, { configName, champion, endpoint, waitingSince });
    }
    return {
      waitSeconds: WAIT_SECONDS_AFTER_DELETE,
      ...decision,
      waitingSince,
      turnSince,
      ...modelPart(version, deps.settings),
      endpointConfigName: configName,
      aliasRevision: champion?.revision,
      deadline: new Date(now.getTime() + deps.deploymentLimitSeconds * 1000).toISOString(),
    };
  };
}

type Found =
  | { readonly version: ModelVersion; readonly refusal?: undefined }
  | { readonly version?: undefined; readonly refusal: string };

async function findDeployable(deps: PlanDeps, number: number): Promise<Found> {
  try {
    const version = await deps.store.getModelVersion(deps.model, number);
    if (version === undefined) return { refusal: `Model "${deps.model}" has no version ${number}.` };
    const refusal = whyNotDeployed(version);
    return refusal === undefined ? { version } : { refusal };
  } catch (error) {
    if (error instanceof NotServableError) return { refusal: error.message };
    throw error;
  }
}

const namesOf = ({ features }: ModelVersion): string[] => features.map(({ name }) => name);

function modelPart(version: ModelVersion, settings: ModelSettings): Partial<Plan> {
  return {
    version: version.version,
    modelName: sageMakerModelName(version, settings),
    image: version.image,
    artifactUri: version.artifactUri,
    environment: version.environment,
  };
}

/** Puts the deployment on record as soon as it has its turn; later attempts find it there. */
async function record(
  deps: PlanDeps,
  deploymentId: string,
  request: DeploymentRequest,
  seen: { configName: string; champion?: Alias; endpoint?: EndpointView; waitingSince: string },
): Promise<void> {
  await deps.store.putDeployment({
    deploymentId,
    model: deps.model,
    version: request.version,
    previousVersion: seen.champion?.version,
    trigger: request.trigger,
    requestedBy: request.requestedBy,
    status: 'in-progress',
    endpointName: endpointNameOf(deps.model),
    endpointConfigName: seen.configName,
    previousEndpointConfigName: seen.endpoint?.config,
    reasons: request.reasons,
    startedAt: seen.waitingSince,
  });
}
