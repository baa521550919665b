import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { localArn, PrebundledFunction } from '../private/prebundled-function';
import { RegistryEnv } from '../registry/contract';
import type { IModelRegistry } from '../registry/model-registry';
import { PREDICT_TIMEOUT_SECONDS, PREDICTIONS_PATH, ServingEnv } from './contract';
import { registryStatements } from './deployment-permissions';

/** @internal */
export interface PredictionApiProps {
  readonly modelName: string;
  readonly endpointName: string;
  readonly registry: IModelRegistry;
}

const REQUESTS_PER_SECOND = 100;
const BURST = 200;

/**
 * `POST /predictions` for callers with IAM credentials.
 *
 * @internal
 */
export class PredictionApi extends Construct {
  public readonly url: string;
  private readonly api: apigatewayv2.HttpApi;

  constructor(scope: Construct, id: string, props: PredictionApiProps) {
    super(scope, id);
    const predict = new PrebundledFunction(this, 'Predict', {
      handler: 'serving/predict',
      description: `Answers predictions of model ${props.modelName}`,
      timeout: Duration.seconds(PREDICT_TIMEOUT_SECONDS),
      memory: Size.mebibytes(512),
      environment: {
        [ServingEnv.MODEL_NAME]: props.modelName,
        [RegistryEnv.TABLE]: props.registry.table.tableName,
      },
      permissions: [
        new iam.PolicyStatement({
          actions: ['sagemaker:InvokeEndpoint'],
          resources: [localArn(this, 'sagemaker', `endpoint/${props.endpointName}`)],
        }),
        ...registryStatements(props.registry, ['GetItem']),
      ],
    });
    this.api = new apigatewayv2.HttpApi(this, 'Api', {
      apiName: `${props.modelName}-predictions`,
      description: `Predictions of model ${props.modelName}`,
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    });
    this.api.addRoutes({
      path: PREDICTIONS_PATH,
      methods: [apigatewayv2.HttpMethod.POST],
      integration: new HttpLambdaIntegration('Integration', predict),
    });
    this.createStage();
    this.url = `${this.api.apiEndpoint}${PREDICTIONS_PATH}`;
  }

  private createStage(): void {
    const log = new logs.LogGroup(this, 'AccessLog', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: BURST },
      accessLogSettings: {
        destination: new apigatewayv2.LogGroupLogDestination(log),
        format: apigateway.AccessLogFormat.jsonWithStandardFields(),
      },
    });
  }

  /** Lets the grantee call the API. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.api.arnForExecuteApi('POST', PREDICTIONS_PATH, '$default')],
    });
  }
}
