import { type Prediction, parseAnswer, postPredictions } from '../../cli/prediction-client';
import type { Departure } from './flights';
import { StoryError } from './story-error';
import type { World } from './world';

/** A departure with what the live model said of it. */
export interface Answered extends Departure {
  readonly prediction: Prediction;
}

/** Sends departures to the prediction API, several a request, one request after the other. */
export async function predictAll(
  world: World,
  asked: readonly Departure[],
  perRequest: number,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (let start = 0; start < asked.length; start += perRequest) {
    answered.push(...(await predict(world, asked.slice(start, start + perRequest))));
  }
  return answered;
}

/** One request. */
export async function predict(world: World, asked: readonly Departure[]): Promise<Answered[]> {
  const body = JSON.stringify({ instances: asked.map(({ instance }) => instance) });
  const { predictions } = parseAnswer(
    await postPredictions(world.context, world.outputs.predictionUrl, body),
  );
  if (predictions.length !== asked.length) {
    throw new StoryError(`Asked about ${asked.length} departures, got ${predictions.length} predictions.`);
  }
  return asked.map((departure, index) => ({ ...departure, prediction: predictions[index] as Prediction }));
}
