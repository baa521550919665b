import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { State } from '../../lib/serving/definition-states';
import { deploymentDefinition } from '../../lib/serving/deployment-definition';
import { OPTIONS } from './fake/deployment-world';

interface Verdict {
  readonly isValid: boolean;
  readonly errorsText: () => string;
}
// The package has no types of its own.
const aslValidator: (definition: object, options?: object) => Verdict =
  createRequire(__filename)('asl-validator');

const definition = deploymentDefinition(OPTIONS) as { StartAt: string; States: Record<string, State> };
const states = Object.entries(definition.States);
const tasks = states.filter(([, state]) => state.Type === 'Task');
const argumentsOf = (name: string) => definition.States[name]!.Arguments as Record<string, unknown>;

/** Names of the states to which a state may lead. */
function successors(state: State): string[] {
  const all = [state, ...((state.Choices as State[]) ?? []), ...((state.Catch as State[]) ?? [])];
  return all.flatMap(({ Next, Default }) => [Next, Default]).filter((name) => typeof name === 'string');
}

describe('the deployment state machine', () => {
  it('is valid in the Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: true });
    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  it('would not be valid with a state that lacks its next one', () => {
    const { Next: _next, ...broken } = definition.States.CreateModel!;
    const States = { ...definition.States, CreateModel: broken };
    expect(aslValidator({ ...definition, States }).isValid).toBe(false);
  });

  it('gives every task a timeout, retries with jitter and a way on when it fails', () => {
    expect(tasks.length).toBe(10);
    for (const [name, state] of tasks) {
      expect(state.TimeoutSeconds, name).toBeGreaterThan(0);
      for (const retry of state.Retry as State[]) {
        expect(retry, name).toMatchObject({ JitterStrategy: 'FULL', BackoffRate: 2 });
        expect(retry.MaxAttempts, name).toBeGreaterThan(0);
      }
      expect((state.Catch as State[]).at(-1)?.ErrorEquals, name).toEqual(['States.ALL']);
    }
  });

  it('ends only where the outcome was recorded, or could not be', () => {
    const ends = states.filter(
      ([, state]) => state.End === true || ['Fail', 'Succeed'].includes(String(state.Type)),
    );
    expect(ends.map(([name]) => name).sort()).toEqual(['FinishDeployment', 'OutcomeNotRecorded']);
    const before = states.filter(([, state]) => successors(state).includes('OutcomeNotRecorded'));
    expect(before.map(([name]) => name)).toEqual(['FinishDeployment']);
  });

  it('reaches every state, and the recording from every state', () => {
    const reached = (from: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(from)) return seen;
      seen.add(from);
      for (const next of successors(definition.States[from]!)) reached(next, seen);
      return seen;
    };
    expect([...reached(definition.StartAt)].sort()).toEqual(states.map(([name]) => name).sort());
    for (const [name] of states) {
      if (name !== 'OutcomeNotRecorded') expect(reached(name), name).toContain('FinishDeployment');
    }
  });

  it('isolates the model from the network and captures every request and answer as text', () => {
    expect(argumentsOf('CreateModel')).toMatchObject({
      EnableNetworkIsolation: true,
      ExecutionRoleArn: OPTIONS.executionRoleArn,
    });
    expect(argumentsOf('CreateEndpointConfig').DataCaptureConfig).toEqual({
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://captures-bucket/captures',
      KmsKeyId: OPTIONS.captureKeyArn,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    });
  });

  it('gives every configuration the one variant that guardrails and alarms know', () => {
    expect(argumentsOf('CreateEndpointConfig').ProductionVariants).toEqual([
      {
        VariantName: 'AllTraffic',
        ModelName: '{% $plan.modelName %}',
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: 2,
        InitialVariantWeight: 1,
      },
    ]);
  });

  it('names no key for volumes of instances that have disks of their own', () => {
    const other = deploymentDefinition({ ...OPTIONS, volumeKeyArn: undefined }) as typeof definition;
    expect(other.States.CreateEndpointConfig!.Arguments).not.toHaveProperty('KmsKeyId');
    expect(argumentsOf('CreateEndpointConfig').KmsKeyId).toBe(OPTIONS.volumeKeyArn);
  });

  it('tags all that it creates', () => {
    const model = { Key: 'flywheel:model', Value: 'flights' };
    const version = { Key: 'flywheel:model-version', Value: '{% $string($plan.version) %}' };
    expect(argumentsOf('CreateModel').Tags).toEqual([model, version]);
    expect(argumentsOf('CreateEndpointConfig').Tags).toEqual([model, version]);
    expect(argumentsOf('CreateEndpoint').Tags).toEqual([model]);
  });
});
