import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ModelVersion } from '../../../lambdas/registry/entities';
import { DetailType } from '../../../lib/events-contract';
import { CHAMPION } from '../../../lib/registry/contract';
import { uploadBrokenModel } from '../broken-model';
import { departures } from '../flights';
import { predict } from '../predictions';
import { StoryError } from '../story-error';
import type { World } from '../world';

const DEPLOYMENT_TIMEOUT_MS = 120_000;
const PER_REQUEST = 20;
/** So many that callers hardly ask twice about the same departure, which would look like drift. */
const ASKED = 800;
const REASON = 'a colleague tidied up the inference code';

/** A canary that throws errors is rolled back by its alarm, unseen by callers, and the alias never moves. */
export async function rolledBackCanary(world: World): Promise<void> {
  const startedAt = world.now().toISOString();
  const { model } = world.outputs;
  const before = await championOf(world);
  const champion = (await world.store.getModelVersion(model, before.version)) as ModelVersion;
  const asked = departures(world.data, 2, ASKED);
  const expected = await scores(world, asked);

  const version = await registerByHand(world, champion, await uploadBrokenModel(world, champion));
  await world.context.stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: world.outputs.deploymentPipeline,
      name: `manual-v${version}`,
      input: JSON.stringify({ model, version, trigger: 'manual', reasons: [REASON] }),
    }),
  );
  world.narrator.line(`version ${version} goes into a canary while callers keep asking`);
  const callers = keepAsking(world, asked, expected);
  const { detail } = await world.events
    .next(
      DetailType.DEPLOYMENT_COMPLETED,
      (event) => event.detail.model === model && event.detail.version === version,
      DEPLOYMENT_TIMEOUT_MS,
      `the deployment of version ${version} to end`,
    )
    .finally(() => callers.stop());
  const seen = await callers.done;
  if (detail.status !== 'rolled-back') {
    throw new StoryError(
      `The broken canary should be rolled back but is ${detail.status}: ${JSON.stringify(detail.reasons)}`,
    );
  }
  const after = await championOf(world);
  if (after.version !== before.version || after.revision !== before.revision) {
    throw new StoryError(
      `The alias moved from version ${before.version} to ${after.version} during a rollback.`,
    );
  }
  world.narrator.line(
    `${seen} answers meanwhile, each the old model's; the champion is still version ${after.version}`,
  );
  world.timeline.add({
    trigger: 'manual',
    datasetVersion: champion.datasetVersion,
    run: champion.runId,
    modelVersion: version,
    verdict: 'approved by hand',
    deployment: 'rolled-back',
    reasons: [REASON, ...detail.reasons],
    startedAt,
    endedAt: world.now().toISOString(),
  });
}

async function championOf(world: World): Promise<{ version: number; revision: number }> {
  const alias = await world.store.getAlias(world.outputs.model, CHAMPION);
  if (alias === undefined) {
    throw new StoryError('No champion is live.');
  }
  return alias;
}

async function registerByHand(world: World, champion: ModelVersion, artifactUri: string): Promise<number> {
  const lambda = new LambdaClient({
    region: world.context.region,
    endpoint: world.context.endpointUrl,
    credentials: world.context.credentials,
  });
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: world.outputs.registerFunction,
      Payload: JSON.stringify({
        model: champion.model,
        artifactUri,
        image: champion.image,
        environment: champion.environment,
        features: champion.features,
        threshold: champion.threshold,
        baselineUri: champion.baselineUri,
        dataset: champion.dataset,
        datasetVersion: champion.datasetVersion,
        runId: champion.runId,
        trigger: 'manual',
        reasons: [REASON],
        approvedBy: 'a colleague',
        clientToken: 'tidied-inference-code',
      }),
    }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || '{}') as { version?: number };
  if (FunctionError !== undefined || answer.version === undefined) {
    throw new StoryError(`Registering by hand failed: ${JSON.stringify(answer)}`);
  }
  return answer.version;
}

type Asked = ReturnType<typeof departures>;

async function scores(world: World, asked: Asked): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (let start = 0; start < asked.length; start += PER_REQUEST) {
    const answers = await predict(world, asked.slice(start, start + PER_REQUEST));
    answers.forEach(({ prediction }, index) => {
      found.set(start + index, prediction.score);
    });
  }
  return found;
}

/** Asks until told to stop and checks each answer against the old model's. Resolves to the number of answers. */
function keepAsking(
  world: World,
  asked: Asked,
  expected: Map<number, number>,
): { stop(): void; done: Promise<number> } {
  let going = true;
  const ask = async (): Promise<number> => {
    let answers = 0;
    for (let start = 0; going; start = (start + PER_REQUEST) % asked.length) {
      const got = await predict(world, asked.slice(start, start + PER_REQUEST));
      got.forEach(({ prediction }, index) => {
        if (Math.abs(prediction.score - (expected.get(start + index) ?? Number.NaN)) > 1e-9) {
          throw new StoryError(
            `A caller got ${prediction.score}, not the old model's ${expected.get(start + index)}.`,
          );
        }
      });
      answers += got.length;
    }
    return answers;
  };
  const done = ask();
  done.catch(() => undefined);
  return {
    stop: () => {
      going = false;
    },
    done,
  };
}
