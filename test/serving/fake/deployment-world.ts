import type { Deployment } from '../../../lambdas/registry/entities';
import { type RegistryStore, registryStore } from '../../../lambdas/registry/registry-store';
import { createHandler as createCheck } from '../../../lambdas/serving/check-deployment/handler';
import {
  createHandler as createFinish,
  type FinishedDeployment,
} from '../../../lambdas/serving/finish-deployment/handler';
import { createHandler as createPlan } from '../../../lambdas/serving/plan-deployment/handler';
import { FixedClock } from '../../../lambdas/shared/clock';
import { deploymentDefinition } from '../../../lib/serving/deployment-definition';
import type { DeploymentDefinitionOptions } from '../../../lib/serving/deployment-definition-options';
import { aVersion, MODEL } from '../../registry/samples';
import { TestTable } from '../../registry/support/test-table';
import { FakeSageMaker } from './fake-sagemaker';
import { StateMachineRun } from './state-machine';

export const OPTIONS: DeploymentDefinitionOptions = {
  partition: 'aws',
  modelName: MODEL,
  endpointName: MODEL,
  instanceType: 'ml.m5.large',
  instanceCount: 2,
  executionRoleArn: 'arn:aws:iam::123456789012:role/model',
  networkIsolation: true,
  captureUri: 's3://captures-bucket/captures',
  captureKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/one',
  volumeKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/one',
  deploymentConfig: {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: 'CANARY',
        WaitIntervalInSeconds: 300,
        CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
      },
      TerminationWaitInSeconds: 0,
      MaximumExecutionTimeoutInSeconds: 2100,
    },
    AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'flights-server-errors' }] },
  },
  planFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:plan',
  checkFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:check',
  finishFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:finish',
};

const LIMIT_SECONDS = 3600;

/** The real state machine and the real handlers, on a registry in memory and a SageMaker of which a test decides. */
export class DeploymentWorld {
  readonly clock = new FixedClock('2013-02-01T00:00:00Z');
  readonly table = new TestTable();
  readonly store: RegistryStore = registryStore(this.table.client, 'registry', {
    sleep: async () => undefined,
    random: () => 0,
  });
  readonly sageMaker = new FakeSageMaker(this.clock);
  readonly published: { type: string; detail: Record<string, unknown> }[] = [];
  /** States visited by the last run. */
  visited: string[] = [];
  cleanUps = 0;
  /** Asked before every handler, by its name. */
  beforeHandler: (name: string) => void | Promise<void> = () => undefined;

  /** Registers versions 1 and 2. */
  async start(): Promise<void> {
    await this.store.createModelVersion(aVersion(), 'run-1');
    await this.store.createModelVersion(
      aVersion({ artifactUri: 's3://artifacts/runs/2/model.tar.gz' }),
      'run-2',
    );
  }

  async deploy(deploymentId: string, version: number): Promise<FinishedDeployment> {
    return this.execute(deploymentId, { model: MODEL, version, trigger: 'data', reasons: ['new data'] });
  }

  async execute(name: string, input: unknown): Promise<FinishedDeployment> {
    const definition = deploymentDefinition(OPTIONS) as ConstructorParameters<typeof StateMachineRun>[0];
    const run = new StateMachineRun(definition, (resource, args) => this.task(resource, args), this.clock, {
      Execution: { Name: name, Input: input },
    });
    this.visited = run.visited;
    return (await run.run(input)) as FinishedDeployment;
  }

  deployment(id: string): Promise<Deployment | undefined> {
    return this.store.getDeployment(MODEL, id);
  }

  champion() {
    return this.store.getAlias(MODEL, 'champion');
  }

  lease() {
    return this.store.getLease(MODEL, 'deployment');
  }

  private async task(resource: string, args: Record<string, unknown>): Promise<unknown> {
    const [service, action] = resource.split(':').slice(-2);
    if (service === 'sagemaker') return this.sageMaker.call(action!, args);
    const name = String(args.FunctionName).split(':').at(-1)!;
    await this.beforeHandler(name);
    return { Payload: JSON.parse(JSON.stringify(await this.invoke(name, args.Payload))) as unknown };
  }

  private invoke(name: string, payload: unknown): Promise<unknown> {
    const common = { model: MODEL, store: this.store, clock: this.clock };
    const readAlarms = async () => {
      this.sageMaker.view();
      return [this.sageMaker.alarm];
    };
    switch (name) {
      case 'plan':
        return createPlan({
          ...common,
          settings: { executionRoleArn: OPTIONS.executionRoleArn, networkIsolation: true },
          turnLimitSeconds: LIMIT_SECONDS,
          deploymentLimitSeconds: LIMIT_SECONDS,
          readEndpoint: async () => this.sageMaker.view(),
          readAlarms,
        })(payload as Parameters<ReturnType<typeof createPlan>>[0]);
      case 'check':
        return createCheck({ ...common, readAlarms })(
          payload as Parameters<ReturnType<typeof createCheck>>[0],
        );
      default:
        return createFinish({
          ...common,
          cleanUp: async () => {
            this.cleanUps += 1;
            return { configs: [], models: [] };
          },
          publish: async (type, detail) => {
            this.published.push({ type, detail });
          },
          logger: { info: () => undefined, warn: () => undefined },
        })(payload as Parameters<ReturnType<typeof createFinish>>[0]);
    }
  }
}
