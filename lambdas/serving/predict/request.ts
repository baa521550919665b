import { MAX_BODY_BYTES, MAX_INSTANCES } from '../../../lib/serving/contract';
import { ApiError, shown } from './api-error';

/** What of an API Gateway event carries the request. */
export interface BodyCarrier {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export type Instance = Readonly<Record<string, unknown>>;

/**
 * The instances of a request body `{"instances": [{<feature>: <value>, ...}, ...]}`.
 *
 * @throws ApiError naming the field that is wrong.
 */
export function readInstances(carrier: BodyCarrier): Instance[] {
  const body = parse(decode(carrier));
  if (!isRecord(body)) {
    throw invalid('body', `expected an object with "instances", got ${shown(body)}`);
  }
  for (const key of Object.keys(body)) {
    if (key !== 'instances') throw invalid(key, 'unknown field; the body has only "instances"');
  }
  const instances = body.instances;
  if (!Array.isArray(instances)) {
    throw invalid('instances', `expected an array of objects, got ${shown(instances)}`);
  }
  if (instances.length === 0) throw invalid('instances', 'is empty; give at least one instance');
  if (instances.length > MAX_INSTANCES) {
    throw invalid(
      'instances',
      `has ${instances.length} entries; at most ${MAX_INSTANCES} go into one request`,
    );
  }
  instances.forEach((instance, i) => {
    if (!isRecord(instance)) {
      throw new ApiError(
        400,
        'InvalidInstance',
        `instances[${i}]: expected an object with the features of the model, got ${shown(instance)}`,
        `instances[${i}]`,
      );
    }
  });
  return instances as Instance[];
}

function decode(carrier: BodyCarrier): string {
  if (carrier.body === undefined || carrier.body === null || carrier.body === '') {
    throw invalid('body', 'is empty; send {"instances": [...]}');
  }
  const bytes = Buffer.from(carrier.body, carrier.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new ApiError(
      413,
      'RequestTooLarge',
      `body: has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are taken. Split the instances over several requests.`,
      'body',
    );
  }
  return bytes.toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('body', `is not JSON: ${(error as Error).message}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(field: string, problem: string): ApiError {
  return new ApiError(400, 'InvalidRequest', `${field}: ${problem}`, field);
}
