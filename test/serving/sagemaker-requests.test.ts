import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DeploymentWorld } from './fake/deployment-world';

interface Request {
  readonly action: string;
  readonly args: Record<string, unknown>;
}

const PYTHON = join(__dirname, '..', '..', '.venv', 'bin', 'python');
const VALIDATE = `
import json, sys
import botocore.session, botocore.validate
model = botocore.session.get_session().get_service_model('sagemaker')
def problems(request):
    shape = model.operation_model(request['action'][0].upper() + request['action'][1:]).input_shape
    report = botocore.validate.ParamValidator().validate(request['args'], shape)
    return report.generate_report() if report.has_errors() else ''
json.dump([problems(request) for request in json.load(sys.stdin)], sys.stdout)
`;

/** What botocore's model of SageMaker says against each request: nothing, when it is fine. */
function validate(requests: Request[]): string[] {
  const ran = spawnSync(PYTHON, ['-c', VALIDATE], { input: JSON.stringify(requests), encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${PYTHON}: ${ran.error?.message ?? ran.stderr}. Run: npm run setup`);
  return JSON.parse(ran.stdout) as string[];
}

describe('every request of the state machine', () => {
  let requests: Request[];

  beforeAll(async () => {
    const world = new DeploymentWorld();
    await world.start();
    world.sageMaker.endings = ['failed', 'good', 'rolled-back'];
    for (const [id, version] of [
      ['deploy-1', 1],
      ['deploy-2', 1],
      ['deploy-3', 2],
    ] as const) {
      await world.deploy(id, version);
    }
    requests = world.sageMaker.requests;
  });

  it('is one that the model of the service takes', () => {
    const kinds = new Set(requests.map(({ action }) => action));
    expect([...kinds].sort()).toEqual([
      'createEndpoint',
      'createEndpointConfig',
      'createModel',
      'deleteEndpoint',
      'describeEndpoint',
      'updateEndpoint',
    ]);
    expect(validate(requests).filter((problem) => problem !== '')).toEqual([]);
  });

  it('would be refused with a field too many or of another type', () => {
    const update = requests.find(({ action }) => action === 'updateEndpoint')!;
    const wrong = [
      { ...update, args: { ...update.args, Colour: 'blue' } },
      { ...update, args: { ...update.args, RetainDeploymentConfig: 'yes' } },
    ];
    const [unknown, type] = validate(wrong);
    expect(unknown).toContain('Unknown parameter in input: "Colour"');
    expect(type).toContain('RetainDeploymentConfig');
  });
});
