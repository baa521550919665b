import type { Change } from '../models/model-store';
import { type Decoded, decodeShape, type Shape } from './decode';
import { type ApiRequest, type ApiResponse, json } from './http';
import { readParameters } from './parameters';
import type { TrackingService } from './service';

/** Where is told what went wrong and no caller is to learn. */
export interface ErrorLog {
  error(message: string, extra: Record<string, unknown>): void;
}

/** One request, with what the path says. */
export interface Call {
  readonly service: TrackingService;
  readonly request: ApiRequest;
  /** Placeholders of the route, decoded once. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly logger: ErrorLog;
}

export interface Endpoint {
  /** What it reads. Fuzzing makes its requests of it. */
  readonly shape: Shape;
  handle(call: Call): Promise<ApiResponse>;
}

/**
 * An endpoint that takes and answers JSON.
 *
 * @param shape - its request; placeholders of the path count as fields.
 * @param act - answers the body of the reply; nothing is an empty object.
 */
export function endpoint<S extends Shape>(
  shape: S,
  act: (service: TrackingService, input: Decoded<S>, call: Call) => Promise<unknown>,
): Endpoint {
  return {
    shape,
    handle: async (call) => {
      const parameters = readParameters(call.request, shape);
      const input = decodeShape(shape, { ...parameters, ...call.pathParameters });
      return json(200, (await act(call.service, input, call)) ?? {});
    },
  };
}

/** An endpoint that answers something else than JSON, or takes it. */
export const raw = (handle: (call: Call) => Promise<ApiResponse>): Endpoint => ({ shape: {}, handle });

/** Who changes something, and when. */
export const changeOf = ({ service, request }: Call): Change => ({
  by: request.principal,
  at: service.clock.now(),
});
