import { randomUUID } from 'node:crypto';
import type { Logger, ServiceRequest, ServiceResponse } from '../../runtime/services';
import type { Operations } from '../control-plane/operations';
import { ApiError } from './errors';
import { inputOf } from './shapes';
import { refuseUnsupported } from './supported';
import { validateInput } from './validate';

const TARGET = /^SageMaker\.(\w+)$/;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** AWS-JSON 1.1 in front of the operations: reads, checks and dispatches a request, writes answer or error. */
export class JsonProtocol {
  constructor(
    private readonly operations: Operations,
    private readonly logger: Logger,
  ) {}

  /** The answer, undefined when the request is not for the SageMaker control plane. */
  async handle(request: ServiceRequest): Promise<ServiceResponse | undefined> {
    const name = TARGET.exec(request.headers['x-amz-target'] ?? '')?.[1];
    if (name === undefined) {
      return undefined;
    }
    const requestId = randomUUID();
    try {
      return respond(200, await this.dispatch(name, request.body), requestId);
    } catch (error) {
      const known = error instanceof ApiError;
      if (!known) {
        this.logger.error(`SageMaker.${name} failed`, {
          error: error instanceof Error ? error.stack : `${error}`,
        });
      }
      const code = known ? error.code : 'InternalFailure';
      return respond(
        known ? error.status : 500,
        { __type: code, message: (error as Error).message },
        requestId,
      );
    }
  }

  private async dispatch(name: string, body: Buffer): Promise<object | undefined> {
    const operation = this.operations[name];
    const shape = inputOf(name);
    if (operation === undefined || shape === undefined) {
      throw new ApiError(
        'UnknownOperationException',
        `The laptop runtime does not support the SageMaker operation ${name}. Supported: ` +
          `${Object.keys(this.operations).sort().join(', ')}.`,
      );
    }
    const input = parse(body);
    validateInput(shape, input);
    refuseUnsupported(name, shape, input);
    return operation(withoutNulls(input) as never);
  }
}

function parse(body: Buffer): object {
  let input: unknown;
  try {
    input = JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
  } catch {
    throw new ApiError('SerializationException', 'The request body is not valid JSON');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ApiError('SerializationException', 'The request body is not a JSON object');
  }
  return input;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function respond(status: number, answer: object | undefined, requestId: string): ServiceResponse {
  return {
    status,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': requestId },
    body: answer === undefined ? '' : JSON.stringify(answer),
  };
}
