import { randomUUID } from 'node:crypto';
import type { ServiceRequest, ServiceResponse } from '../../runtime/services';
import { isSampled } from '../capture/record';
import type { Context } from '../context';
import type { EndpointManager } from '../endpoints/endpoint-manager';
import type { Route } from '../endpoints/live-endpoint';
import { type ModelAnswer, ModelTimeout } from '../endpoints/model-client';
import { invocationMetrics } from '../metrics/invocation-metrics';
import type { MetricRecorder } from '../metrics/recorder';
import { forwardedHeaders } from './forwarded-headers';
import { modelError, runtimeError, TIMEOUT_TEXT, validationError } from './model-error';

/** The largest request body, in bytes. */
export const MOST_BODY_BYTES = 6_291_456;

const PATH = /^\/endpoints\/([^/]+)\/(invocations|async-invocations|invocations-response-stream)$/;

/** Answers requests of the runtime API. */
export class EndpointInvoker {
  constructor(
    private readonly context: Context,
    private readonly manager: EndpointManager,
    private readonly recorder: MetricRecorder,
    private readonly random: () => number = Math.random,
  ) {}

  /** The answer, undefined when the request is not for this API. */
  async handle(request: ServiceRequest): Promise<ServiceResponse | undefined> {
    const match = PATH.exec(request.path);
    if (match === null || request.method !== 'POST') {
      return undefined;
    }
    if (match[2] !== 'invocations') {
      return validationError(`The laptop runtime does not support ${match[2]}. Use InvokeEndpoint.`);
    }
    try {
      return await this.invoke(decodeURIComponent(match[1]!), request);
    } catch (error) {
      this.context.options.logger.error('InvokeEndpoint failed', { path: request.path, error: `${error}` });
      return runtimeError(500, 'InternalFailure', { Message: `${error}` });
    }
  }

  private async invoke(endpoint: string, request: ServiceRequest): Promise<ServiceResponse> {
    const began = performance.now();
    const { accountId } = this.context.options;
    if (request.body.length > MOST_BODY_BYTES) {
      return validationError(
        `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less ` +
          `than or equal to ${MOST_BODY_BYTES}`,
      );
    }
    const live = this.manager.find(endpoint);
    if (live === undefined) {
      return validationError(`Endpoint ${endpoint} of account ${accountId} not found.`);
    }
    const target = request.headers['x-amzn-sagemaker-target-variant'];
    const route = live.route(target, this.random);
    if (route === undefined) {
      return validationError(
        target === undefined
          ? `No production variant of endpoint ${endpoint} takes traffic: all weights are 0.`
          : `Production variant ${target} of endpoint ${endpoint} not found.`,
      );
    }
    const modelBegan = performance.now();
    const outcome = await this.ask(route, request);
    const modelMs = performance.now() - modelBegan;
    this.measure(endpoint, route, outcome, modelMs, modelBegan - began);
    return this.respond(endpoint, route, request, outcome);
  }

  private async ask(route: Route, request: ServiceRequest): Promise<ModelAnswer | Error> {
    try {
      return await route.variant.server.invoke(forwardedHeaders(request.headers), request.body);
    } catch (error) {
      return error as Error;
    }
  }

  private respond(
    endpoint: string,
    route: Route,
    request: ServiceRequest,
    outcome: ModelAnswer | Error,
  ): ServiceResponse {
    const { region, accountId } = this.context.options;
    const place = { region, accountId, endpoint };
    if (outcome instanceof Error) {
      return modelError(0, outcome instanceof ModelTimeout ? TIMEOUT_TEXT : outcome.message, place);
    }
    if (outcome.status < 200 || outcome.status > 299) {
      return modelError(outcome.status, outcome.body.toString('utf8'), place);
    }
    if (outcome.body.length > MOST_BODY_BYTES) {
      return runtimeError(500, 'InternalFailure', {
        Message: `The model answered more than ${MOST_BODY_BYTES} bytes`,
      });
    }
    this.capture(route, request, outcome);
    const attributes = outcome.headers['x-amzn-sagemaker-custom-attributes'];
    return {
      status: 200,
      headers: {
        'content-type': outcome.headers['content-type'] ?? 'application/octet-stream',
        'x-amzn-invoked-production-variant': route.variant.name,
        ...(attributes === undefined ? {} : { 'x-amzn-sagemaker-custom-attributes': attributes }),
      },
      body: outcome.body,
    };
  }

  private capture({ fleet, variant }: Route, request: ServiceRequest, answer: ModelAnswer): void {
    if (variant.capture === undefined || !isSampled(fleet.captureConfig, this.random())) {
      return;
    }
    variant.capture.add({
      eventId: randomUUID(),
      at: this.context.options.clock.now(),
      input: { contentType: request.headers['content-type'], body: request.body },
      output: { contentType: answer.headers['content-type'], body: answer.body },
      inferenceId: request.headers['x-amzn-sagemaker-inference-id'],
      customAttributes: request.headers['x-amzn-sagemaker-custom-attributes'],
    });
  }

  private measure(
    endpoint: string,
    { fleet, variant, guarded }: Route,
    outcome: ModelAnswer | Error,
    modelMs: number,
    overheadMs: number,
  ): void {
    this.recorder.add(
      invocationMetrics({
        endpoint,
        variant: variant.name,
        endpointConfig: guarded ? fleet.config.EndpointConfigName : undefined,
        modelStatus: outcome instanceof Error ? undefined : outcome.status,
        modelMicroseconds: Math.round(modelMs * 1000),
        overheadMicroseconds: Math.round(overheadMs * 1000),
        instances: variant.instanceCount,
        at: this.context.options.clock.now(),
      }),
    );
  }
}
