import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { TrackingTokenOptions } from './tracking-auth';
import type { ResolvedLimits } from './tracking-limits';

/** @internal */
export interface TokenDoorProps {
  readonly handler: lambda.IFunction;
  readonly tokens: TrackingTokenOptions;
  readonly limits: ResolvedLimits;
}

/** Who called what, when, and how it ended; never what was sent. */
const ACCESS_LOG_FORMAT = apigateway.AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    caller: '$context.authorizer.claims.sub',
    userAgent: '$context.identity.userAgent',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    bytes: '$context.responseLength',
    milliseconds: '$context.responseLatency',
    error: '$context.error.responseType',
  }),
);

/**
 * The same function behind an HTTP API, which verifies the tokens of an OpenID Connect issuer by itself (signature,
 * issuer, audience, expiry): no code of ours judges a token.
 *
 * @internal
 */
export class TokenDoor extends Construct {
  public readonly uri: string;
  public readonly api: apigatewayv2.HttpApi;
  public readonly issuer: string;
  /** The application for which the web UI asks tokens: the first audience. */
  public readonly clientId: string;

  constructor(scope: Construct, id: string, { handler, tokens, limits }: TokenDoorProps) {
    super(scope, id);
    this.issuer = tokens.issuer;
    this.clientId = tokens.audience[0] ?? '';
    this.api = new apigatewayv2.HttpApi(this, 'Api', {
      description: "MLflow's tracking and registry API for callers with a token",
      createDefaultStage: false,
      defaultAuthorizer: new HttpJwtAuthorizer('Tokens', tokens.issuer, { jwtAudience: tokens.audience }),
    });
    this.api.addRoutes({
      path: '/{proxy+}',
      methods: [
        apigatewayv2.HttpMethod.GET,
        apigatewayv2.HttpMethod.POST,
        apigatewayv2.HttpMethod.PUT,
        apigatewayv2.HttpMethod.PATCH,
        apigatewayv2.HttpMethod.DELETE,
      ],
      integration: new HttpLambdaIntegration('Integration', handler, {
        payloadFormatVersion: apigatewayv2.PayloadFormatVersion.VERSION_1_0,
      }),
    });
    const log = new logs.LogGroup(this, 'AccessLog', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: limits.requestsPerSecond, burstLimit: limits.burst },
      accessLogSettings: {
        destination: new apigatewayv2.LogGroupLogDestination(log),
        format: ACCESS_LOG_FORMAT,
      },
    });
    this.uri = this.api.apiEndpoint;
  }
}
