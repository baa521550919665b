import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { ContainerHost } from '../../../local/sagemaker/processes/container-host';
import { Harness } from './support/harness';
import { createConfig, inferenceScript } from './support/models';
import { isAlive } from './support/processes';
import { trainingRequest } from './support/sources';

describe('the processes of the service', () => {
  it.for(['namespace', 'rewrite'])('end with a runtime that is killed (%s)', async (isolation, { skip }) => {
    const possible = await new ContainerHost().isolation();
    skip(isolation === 'namespace' && possible !== 'namespace', 'no private mounts here');
    const host = spawn(
      process.execPath,
      ['--import', 'tsx', join(__dirname, 'fixtures/host.ts'), isolation],
      {
        cwd: resolve(__dirname, '../../..'),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = await once(createInterface(host.stdout), 'line');
    const { folder, pids } = JSON.parse(line);
    expect(pids).toHaveLength(4);
    expect(pids.map(isAlive)).toEqual([true, true, true, true]);
    host.kill('SIGKILL');
    await expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('end when the service closes, whatever they are doing', async () => {
    const harness = await Harness.create();
    await createConfig(harness, 'served', inferenceScript('x'));
    await harness.call('CreateEndpoint', { EndpointName: 'served', EndpointConfigName: 'served' });
    await harness.call(
      'CreateTrainingJob',
      await trainingRequest(harness, 'busy', 'import time; time.sleep(60)'),
    );
    await expect.poll(() => harness.service.processIds().length, { timeout: 5000 }).toBe(2);
    const pids = harness.service.processIds();
    await harness.close();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(harness.service.processIds()).toEqual([]);
  });
});

describe('a runtime that starts again', () => {
  it('serves what it served, and says that running jobs were interrupted', async () => {
    const first = await Harness.create({ restore: true });
    await createConfig(first, 'kept', inferenceScript('kept'));
    await first.call('CreateEndpoint', { EndpointName: 'kept', EndpointConfigName: 'kept' });
    await first.endpointSettled('kept');
    await first.call('CreateTrainingJob', await trainingRequest(first, 'cut', 'import time; time.sleep(60)'));
    await first.service.close();

    const second = new Harness(first.folder, { restore: true });
    try {
      expect(await second.call('DescribeTrainingJob', { TrainingJobName: 'cut' })).toMatchObject({
        TrainingJobStatus: 'Failed',
        FailureReason: 'InternalServerError: The laptop runtime ended while this was in progress.',
      });
      expect((await second.call('DescribeEndpoint', { EndpointName: 'kept' })).EndpointStatus).toBe(
        'SystemUpdating',
      );
      expect((await second.endpointSettled('kept')).EndpointStatus).toBe('InService');
      expect((await second.invoke('kept', 'a')).body).toBe('kept');
    } finally {
      await second.close();
    }
  });

  it('forgets everything without the option', async () => {
    const first = await Harness.create();
    await createConfig(first, 'lost', inferenceScript('lost'));
    await first.service.close();
    const second = new Harness(first.folder, {});
    expect((await second.refusal('DescribeModel', { ModelName: 'lost' })).message).toContain(
      'Could not find model',
    );
    await second.close();
  });
});
