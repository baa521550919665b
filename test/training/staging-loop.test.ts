import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFunction } from '../local/support/functions';
import { type TestRuntime, testRuntime } from '../local/support/runtime';
import { StateMachines } from '../local/support/state-machine';
import { sampleOptions, samplePipeline } from './pipeline-sample';

/** Stages a version of three parts, one a call, and answers in the last call what each was called with. */
const THREE_CALLS = `
const { appendFileSync, readFileSync } = require('node:fs');
exports.handler = async (event) => {
  const file = require('node:os').tmpdir() + '/staging-' + event.runId;
  appendFileSync(file, JSON.stringify(event.progress) + '\\n');
  const calls = (event.progress.calls ?? 0) + 1;
  return calls < 3
    ? { uri: 's3://lake', progress: { after: 'part-' + calls, calls } }
    : { uri: 's3://lake', seen: readFileSync(file, 'utf8').trim().split('\\n').map(JSON.parse) };
};`;

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await testRuntime();
});
afterAll(() => runtime?.close());

it('the pipeline calls the staging function until everything is staged, with what the call before answered', async () => {
  const stageDataset = await createFunction(runtime, 'stage-dataset', THREE_CALLS);
  const { States } = samplePipeline({ functions: { ...sampleOptions.functions, stageDataset } });
  // biome-ignore lint/suspicious/noExplicitAny: a definition is JSON
  const { Begin, StageDataset, IsStaged } = States as any;
  const ended = await new StateMachines(runtime).run(
    {
      StartAt: 'Begin',
      States: {
        Begin: { ...Begin, Next: 'StageDataset' },
        StageDataset: {
          ...StageDataset,
          Assign: { ...StageDataset.Assign, last: '{% $states.result.Payload %}' },
          Catch: undefined,
        },
        IsStaged: { ...IsStaged, Default: 'Staged' },
        Staged: { Type: 'Pass', Output: '{% $last %}', End: true },
      },
    },
    { runId: `run-${process.pid}`, dataset: 'flights', datasetVersion: 'abc' },
  );
  expect(ended).toMatchObject({
    status: 'SUCCEEDED',
    output: { seen: [{}, { after: 'part-1', calls: 1 }, { after: 'part-2', calls: 2 }] },
  });
});
