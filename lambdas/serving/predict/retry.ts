import { ApiError } from './api-error';

/** Attempts while a deployment moves traffic: a canary that fails half of the requests is then hardly ever seen. */
export const ATTEMPTS_DURING_DEPLOYMENT = 10;
/** Attempts otherwise. */
export const ATTEMPTS = 2;
const BASE_MILLISECONDS = 25;
const CAP_MILLISECONDS = 400;

/** What an error of InvokeEndpoint means; the answer is the error itself when nobody has a better word for it. */
export type Failure = { readonly retry: boolean; readonly answer: ApiError | InvokeError };

interface InvokeError {
  readonly name: string;
  readonly message: string;
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
}

const UNAVAILABLE = new Set([
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalDependencyException',
  'ModelNotReadyException',
  'ThrottlingException',
]);

/** Sorts an error of InvokeEndpoint: worth another attempt or not, and the answer when no attempt is left. */
export function classifyFailure(error: InvokeError): Failure {
  if (error.name === 'ModelError') return classifyModelError(error);
  if (UNAVAILABLE.has(error.name)) {
    return {
      retry: true,
      answer: new ApiError(
        503,
        'ModelUnavailable',
        `The model cannot answer now: ${error.message}`,
        undefined,
        5,
      ),
    };
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return { retry: false, answer: new ApiError(504, 'ModelTimeout', 'The model took too long to answer.') };
  }
  if (/Endpoint .* not found/i.test(error.message)) {
    return { retry: false, answer: noLiveModel('there is no endpoint') };
  }
  return { retry: false, answer: error };
}

function classifyModelError(error: InvokeError): Failure {
  const said = error.OriginalMessage ?? error.message;
  const status = error.OriginalStatusCode ?? 500;
  if (status >= 400 && status < 500) {
    return {
      retry: false,
      answer: new ApiError(400, 'RejectedByModel', `The model refused the instances: ${said}`, 'instances'),
    };
  }
  return { retry: true, answer: new ApiError(502, 'ModelError', `The model failed: ${said}`) };
}

export function noLiveModel(why: string): ApiError {
  return new ApiError(
    503,
    'NoLiveModel',
    `No model is live: ${why}. Deploy a model version first.`,
    undefined,
    30,
  );
}

/** How long to wait before the next attempt: full jitter over a capped exponential. */
export function retryDelay(attempt: number, random: number): number {
  return Math.floor(random * Math.min(CAP_MILLISECONDS, BASE_MILLISECONDS * 2 ** attempt));
}

export interface RetryDeps {
  /** Milliseconds on a clock that only grows and is not set. */
  readonly elapsed: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly random: () => number;
}

/**
 * Calls until it works, the attempts are used up or the time is.
 *
 * @param call - gets the whole milliseconds that are left.
 * @throws ApiError for the last failure, or the error itself when it is none of InvokeEndpoint's.
 */
export async function withRetries<T>(
  options: { readonly attempts: number; readonly budgetMilliseconds: number },
  deps: RetryDeps,
  call: (leftMilliseconds: number) => Promise<T>,
): Promise<T> {
  const end = deps.elapsed() + options.budgetMilliseconds;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call(Math.max(1, Math.floor(end - deps.elapsed())));
    } catch (error) {
      const failure = classifyFailure(error as InvokeError);
      const delay = retryDelay(attempt, deps.random());
      if (!failure.retry || attempt + 1 >= options.attempts || deps.elapsed() + delay >= end) {
        throw failure.answer;
      }
      await deps.sleep(delay);
    }
  }
}
