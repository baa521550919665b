import { AwsV4Signer } from 'aws4fetch';
import type { Context } from './context';
import { UserError } from './errors';

/** One instance: a value for each feature of the model, `null` where it is not known. */
export type Instance = Readonly<Record<string, string | number | boolean | null>>;

export interface Prediction {
  readonly score: number;
  readonly label: number;
  readonly inferenceId: string;
}

export interface PredictionAnswer {
  readonly predictions: readonly Prediction[];
  readonly model: string;
  readonly modelVersion: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Where the API of a URL such as `https://<id>.execute-api.<region>.amazonaws.com/predictions` is reached:
 * there, or at the same path behind the laptop's one endpoint.
 */
export function reachableUrl(url: string, endpointUrl: string | undefined): string {
  if (endpointUrl === undefined) {
    return url;
  }
  const { hostname, pathname } = new URL(url);
  const api = hostname.split('.')[0];
  return `${endpointUrl.replace(/\/$/, '')}/_aws/execute-api/${api}/$default${pathname}`;
}

/** Posts to the prediction API, signed with the caller's credentials (the API takes IAM only). */
export async function postPredictions(context: Context, url: string, body: string): Promise<HttpAnswer> {
  const target = reachableUrl(url, context.endpointUrl);
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(await sign(context, target, headers, body));
  return { status: answer.status, body: await answer.text() };
}

async function sign(
  { credentials, region }: Context,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<Request> {
  const signer = new AwsV4Signer({
    ...(await credentials()),
    service: 'execute-api',
    region,
    url,
    method: 'POST',
    headers,
    body,
  });
  const signed = await signer.sign();
  return new Request(signed.url, { method: signed.method, headers: signed.headers, body });
}

/** @throws UserError with the field that the API named. */
export function parseAnswer({ status, body }: HttpAnswer): PredictionAnswer {
  const parsed = parseJson(body);
  if (status === 200) {
    return parsed as PredictionAnswer;
  }
  const error =
    (parsed as { error?: { message?: string; field?: string }; message?: string } | undefined) ?? {};
  throw new UserError(
    `The prediction API answered ${status}: ${error.error?.message ?? error.message ?? body.slice(0, 200)}`,
    error.error?.field,
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
