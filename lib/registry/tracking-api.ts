import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV_EVENT_BUS } from '../events-contract';
import { PrebundledFunction } from '../private/prebundled-function';
import { ACCESS_LOG_FORMAT, createLogRole } from './api-logs';
import { RegistryEnv } from './contract';
import { sayErrorsAsMlflow } from './gateway-responses';
import { TokenDoor } from './token-door';
import type { TrackingAuth } from './tracking-auth';
import { EXPERIMENTS_PREFIX, TRACKING_STAGE, TrackingEnv } from './tracking-contract';
import type { ResolvedLimits } from './tracking-limits';
import { type HandlerResources, handlerPermissions } from './tracking-permissions';

/** @internal */
export interface TrackingApiProps extends HandlerResources {
  readonly auth: TrackingAuth;
  readonly limits: ResolvedLimits;
  /** Whether to set the role by which API Gateway writes logs, for the whole account and region. */
  readonly accountLogRole: boolean;
}

const SEARCH = 'api/2.0/mlflow/runs/search';

/** API Gateway waits no longer; the function ends before, so that it can say why. */
const GATEWAY_TIMEOUT = Duration.seconds(29);
const FUNCTION_TIMEOUT = Duration.seconds(28);

/** From here on a function has a whole processor, which searching is bound by. */
const MEMORY = Size.mebibytes(1769);

/**
 * MLflow's REST API: API Gateway in front of one function. Callers sign with IAM credentials; with tokens they come
 * through a door of their own.
 *
 * @internal
 */
export class TrackingApi extends Construct {
  /** Where callers with a token come; undefined unless they are let in. */
  public readonly tokenDoor?: TokenDoor;
  public readonly handler: lambda.Function;
  public readonly api: apigateway.RestApi;

  constructor(scope: Construct, id: string, props: TrackingApiProps) {
    super(scope, id);
    this.handler = this.createHandler(props);
    this.api = this.createApi(props);
    sayErrorsAsMlflow(this.api);
    const integration = new apigateway.LambdaIntegration(this.handler, {
      timeout: GATEWAY_TIMEOUT,
      allowTestInvoke: false,
    });
    const signed: apigateway.MethodOptions = { authorizationType: apigateway.AuthorizationType.IAM };
    // Not `addProxy`, which makes another method at the root, for anybody.
    this.api.root.addResource('{proxy+}').addMethod('ANY', integration, signed);
    // A method of its own only for its own throttle.
    this.api.root.resourceForPath(SEARCH).addMethod('POST', integration, signed);
    if (props.auth._tokens !== undefined) {
      this.tokenDoor = new TokenDoor(this, 'TokenDoor', {
        handler: this.handler,
        tokens: props.auth._tokens,
        limits: props.limits,
      });
    }
  }

  private createHandler(props: TrackingApiProps): lambda.Function {
    const { table, artifacts, eventBus, auth } = props;
    const policy = auth._policy();
    return new PrebundledFunction(this, 'Handler', {
      handler: 'registry/mlflow-api',
      description: 'Answers the tracking and registry API of MLflow',
      timeout: FUNCTION_TIMEOUT,
      memory: MEMORY,
      environment: {
        [RegistryEnv.TABLE]: table.tableName,
        [RegistryEnv.ARTIFACTS_BUCKET]: artifacts.bucketName,
        [TrackingEnv.ARTIFACT_ROOT]: artifacts.s3UrlForObject(EXPERIMENTS_PREFIX.slice(0, -1)),
        [ENV_EVENT_BUS]: eventBus.eventBusName,
        ...(policy && { [TrackingEnv.TOKEN_POLICY]: JSON.stringify(policy) }),
      },
      permissions: handlerPermissions(props),
    });
  }

  private createApi({ limits, accountLogRole }: TrackingApiProps): apigateway.RestApi {
    const log = new logs.LogGroup(this, 'AccessLog', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const api = new apigateway.RestApi(this, 'Api', {
      restApiName: `${Stack.of(this).stackName}-tracking`,
      description: "MLflow's tracking and registry API",
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      // Bodies go through as they came: artifacts, and compressed answers.
      binaryMediaTypes: ['*/*'],
      cloudWatchRole: false,
      deployOptions: {
        stageName: TRACKING_STAGE,
        accessLogDestination: new apigateway.LogGroupLogDestination(log),
        accessLogFormat: ACCESS_LOG_FORMAT,
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        throttlingRateLimit: limits.requestsPerSecond,
        throttlingBurstLimit: limits.burst,
        methodOptions: {
          [`/${SEARCH}/POST`]: {
            loggingLevel: apigateway.MethodLoggingLevel.ERROR,
            throttlingRateLimit: limits.searchesPerSecond,
            throttlingBurstLimit: limits.searchesPerSecond * 2,
          },
        },
      },
    });
    // Named after an id that only the stack knows; ours say where they belong.
    api.node.tryRemoveChild('Endpoint');
    if (accountLogRole) api.deploymentStage.node.addDependency(createLogRole(this));
    return api;
  }
}
