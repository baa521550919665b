import * as apigateway from 'aws-cdk-lib/aws-apigateway';

/** [kind, MLflow's error code, status; API Gateway's own status where none is given] */
const ERRORS: readonly [apigateway.ResponseType, string, string?][] = [
  [apigateway.ResponseType.DEFAULT_4XX, 'BAD_REQUEST'],
  [apigateway.ResponseType.DEFAULT_5XX, 'INTERNAL_ERROR'],
  [apigateway.ResponseType.ACCESS_DENIED, 'PERMISSION_DENIED', '403'],
  [apigateway.ResponseType.WAF_FILTERED, 'PERMISSION_DENIED', '403'],
  // Also the answer where no method is: the API has one for every path but the root.
  [apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN, 'UNAUTHENTICATED', '401'],
  [apigateway.ResponseType.INVALID_SIGNATURE, 'UNAUTHENTICATED', '401'],
  [apigateway.ResponseType.EXPIRED_TOKEN, 'UNAUTHENTICATED', '401'],
  [apigateway.ResponseType.UNAUTHORIZED, 'UNAUTHENTICATED', '401'],
  [apigateway.ResponseType.THROTTLED, 'REQUEST_LIMIT_EXCEEDED', '429'],
  [apigateway.ResponseType.QUOTA_EXCEEDED, 'REQUEST_LIMIT_EXCEEDED', '429'],
  [apigateway.ResponseType.INTEGRATION_FAILURE, 'TEMPORARILY_UNAVAILABLE', '504'],
  [apigateway.ResponseType.INTEGRATION_TIMEOUT, 'DEADLINE_EXCEEDED', '504'],
];

/**
 * Says API Gateway's own errors as MLflow says its errors. Otherwise the client shows each of them as an INTERNAL_ERROR
 * of the server, the caller's lacking permission among them.
 *
 * @internal
 */
export function sayErrorsAsMlflow(api: apigateway.RestApi): void {
  for (const [type, code, statusCode] of ERRORS) {
    api.addGatewayResponse(`Error${type.responseType}`, {
      type,
      statusCode,
      templates: {
        'application/json': `{"error_code":"${code}","message":$context.error.messageString}`,
      },
    });
  }
}
