import type { ErrorLog } from './endpoint';
import { endpointNotFound, errorResponse, internalError } from './errors';
import type { ApiRequest, ApiResponse } from './http';
import { Router } from './router';
import { ROUTES } from './routes';
import type { TrackingService } from './service';

export interface DispatchDeps {
  readonly service: TrackingService;
  readonly logger: ErrorLog;
}

/** Answers a request to the tracking API; never throws. */
export type Dispatch = (request: ApiRequest) => Promise<ApiResponse>;

const router = new Router(ROUTES);

export function createDispatch({ service, logger }: DispatchDeps): Dispatch {
  return async (request) => {
    try {
      const match = router.find(request.method, request.path);
      if (match === undefined) throw endpointNotFound(request.method, request.path);
      const { endpoint, pathParameters } = match;
      return await endpoint.handle({ service, request, pathParameters, logger });
    } catch (error) {
      const refusal = errorResponse(error);
      if (refusal !== undefined) return refusal;
      const stack = error instanceof Error ? error.stack : String(error);
      logger.error('request failed', { method: request.method, path: request.path, error: stack });
      return internalError();
    }
  };
}
