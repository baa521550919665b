import { ApiError } from './api-error';
import type { LiveModelReader } from './champion';
import { encodeInstances } from './csv-encoding';
import { type BodyCarrier, readInstances } from './request';
import { readPredictions } from './response';
import { ATTEMPTS, ATTEMPTS_DURING_DEPLOYMENT, noLiveModel, type RetryDeps, withRetries } from './retry';

export interface PredictDeps extends RetryDeps {
  readonly model: string;
  readonly live: Pick<LiveModelReader, 'read'>;
  /** One call of InvokeEndpoint. */
  readonly invoke: (call: {
    readonly body: string;
    readonly inferenceId: string;
    readonly timeoutMilliseconds: number;
  }) => Promise<string>;
  readonly newId: () => string;
  readonly budgetMilliseconds: number;
  readonly logger: { error(message: string, extra: Record<string, unknown>): void };
}

/** Answer of a Lambda to an HTTP API, payload format 2.0. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function createHandler(deps: PredictDeps) {
  return async (event: BodyCarrier): Promise<HttpAnswer> => {
    try {
      return answer(200, await predict(deps, event));
    } catch (error) {
      if (error instanceof ApiError) return failureAnswer(error);
      deps.logger.error('prediction failed', { error: error instanceof Error ? error.stack : String(error) });
      return failureAnswer(new ApiError(500, 'InternalError', 'The request could not be served.'));
    }
  };
}

async function predict(deps: PredictDeps, event: BodyCarrier): Promise<object> {
  const instances = readInstances(event);
  const before = await deps.live.read();
  if (before.champion === undefined) throw noLiveModel(`model "${deps.model}" has no champion`);
  const { features, threshold } = before.champion;
  const body = encodeInstances(instances, features);
  const requestId = deps.newId();
  const scores = await withRetries(
    {
      attempts: before.deploying ? ATTEMPTS_DURING_DEPLOYMENT : ATTEMPTS,
      budgetMilliseconds: deps.budgetMilliseconds,
    },
    deps,
    (timeoutMilliseconds) => deps.invoke({ body, inferenceId: requestId, timeoutMilliseconds }),
  );
  const answered = await deps.live.read();
  return {
    predictions: readPredictions(scores, { count: instances.length, threshold, requestId }),
    model: deps.model,
    modelVersion: answered.champion?.version ?? before.champion.version,
  };
}

function failureAnswer(error: ApiError): HttpAnswer {
  return answer(
    error.statusCode,
    { error: { code: error.code, message: error.message, field: error.field } },
    error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) },
  );
}

function answer(statusCode: number, body: object, headers: Record<string, string> = {}): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
