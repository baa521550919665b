import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { NotServableError } from '../../lambdas/registry/models/servable';
import { whyNotDeployed } from '../../lambdas/serving/deployable';
import { CHAMPION } from '../../lib/registry/contract';
import { follow } from '../commands/watch';
import { UserError } from '../errors';
import type { Registry } from './registry';

/** What came of it when a version was to become champion. */
export interface WentLive {
  readonly model: string;
  readonly version: number;
  readonly previous?: number;
  readonly status: 'live' | 'unchanged' | 'rolled-back' | 'failed' | 'started';
  readonly reasons: readonly string[];
  /** Of the deployment, when there was one. */
  readonly executionArn?: string;
}

export interface GoLive {
  readonly registry: Registry;
  readonly model: string;
  readonly version: number;
  /** What is done, e.g. `promote`. */
  readonly verb: 'promote' | 'rollback';
  readonly reason?: string;
  /** Whether to wait for the end of the deployment, showing its steps. */
  readonly wait: boolean;
  readonly json: boolean;
}

/**
 * Makes a version champion: by a deployment when the model has an endpoint, by moving the alias when it has none.
 *
 * @throws UserError when the version must not or cannot go live.
 */
export async function goLive(request: GoLive): Promise<WentLive> {
  const { registry, model, version } = request;
  const [known, alias] = await Promise.all([
    registry.models.getModel(model),
    registry.models.getAlias(model, CHAMPION),
  ]);
  const previous = alias?.version;
  if (previous === version) {
    return {
      model,
      version,
      previous,
      status: 'unchanged',
      reasons: [`Version ${version} is champion already.`],
    };
  }
  if (registry.deploymentPipeline !== undefined)
    return deploy(request, registry.deploymentPipeline, previous);
  if (known.deployed) {
    throw new UserError(
      `Model "${model}" goes live by its own deployments, but stack ${registry.context.stack} is not the one that deploys it: name that stack with --stack.`,
      'stack',
    );
  }
  const change = await registry.change(request.reason);
  const expectedRevision = alias?.revision ?? 0;
  if (request.verb === 'rollback') {
    await registry.models.rollbackAlias(model, CHAMPION, expectedRevision, change);
  } else {
    await registry.models.setAlias({ name: model, alias: CHAMPION, version, expectedRevision }, change);
  }
  const reasons = ['The model has no endpoint here: its alias was moved.'];
  return { model, version, previous, status: 'live', reasons };
}

async function deploy(
  request: GoLive,
  stateMachineArn: string,
  previous: number | undefined,
): Promise<WentLive> {
  const { registry, model, version, verb } = request;
  await requireDeployable(registry, model, version);
  const { by, at } = await registry.change(request.reason);
  const { executionArn } = await registry.context.stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn,
      name: `${verb}-v${version}-${at.getTime().toString(36)}`,
      input: JSON.stringify({
        model,
        version,
        trigger: 'manual',
        reasons: [request.reason ?? `${verb} by ${by}`],
        requestedBy: by,
      }),
    }),
  );
  const started = { model, version, previous, executionArn };
  if (!request.wait || executionArn === undefined) {
    return { ...started, status: 'started', reasons: [`Follow it with: flywheel watch --deployment`] };
  }
  if (!request.json) await follow(registry.context, executionArn, false);
  return { ...started, ...(await ended(registry, executionArn)) };
}

/** Says at once what the deployment would say at its first step. */
async function requireDeployable(registry: Registry, model: string, version: number): Promise<void> {
  const refusal = await registry.store.getModelVersion(model, version).then(
    (found) => (found === undefined ? `Model "${model}" has no version ${version}.` : whyNotDeployed(found)),
    (error: unknown) => {
      if (error instanceof NotServableError) return error.message;
      throw error;
    },
  );
  if (refusal !== undefined) throw new UserError(refusal, 'version');
}

const POLL_MS = 1000;

async function ended(
  { context }: Registry,
  executionArn: string,
): Promise<Pick<WentLive, 'status' | 'reasons'>> {
  for (;;) {
    const answer = await context.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (answer.status !== 'RUNNING') return outcome(answer.status, answer.output, answer.cause);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** How a deployment ended, by what its state machine says. */
export function outcome(
  status: string | undefined,
  output: string | undefined,
  cause: string | undefined,
): Pick<WentLive, 'status' | 'reasons'> {
  if (status !== 'SUCCEEDED' || output === undefined) {
    return { status: 'failed', reasons: [`The execution ended ${status}: ${cause ?? 'no cause given'}`] };
  }
  const said = JSON.parse(output) as { status?: WentLive['status']; reasons?: string[] };
  return { status: said.status ?? 'failed', reasons: said.reasons ?? [] };
}

/** The end in words. */
export function describeWentLive({ model, version, previous, status, reasons }: WentLive): string {
  const before = previous === undefined ? '' : `, before: version ${previous}`;
  const head: Record<WentLive['status'], string> = {
    live: `${model}: version ${version} is champion${before}`,
    unchanged: `${model}: version ${version} stays champion`,
    'rolled-back': `${model}: version ${version} was rolled back${before}, which is still live`,
    failed: `${model}: version ${version} did not go live${before}`,
    started: `${model}: the deployment of version ${version} has begun${before}`,
  };
  return [head[status], ...reasons.map((reason) => `  ${reason}`)].join('\n');
}
