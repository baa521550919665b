import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PrebundledFunction } from '../private/prebundled-function';
import type { ModelRegistry } from './model-registry';
import { UiEnv, UiPath } from './ui-contract';
import { API_FUNCTION, PAGES_FUNCTION } from './ui-functions';
import { artifactHeaders, pageHeaders } from './ui-headers';

export interface TrackingUiProps {
  /** The registry to show; its `trackingAuth` must be `TrackingAuth.jwt`. */
  readonly registry: ModelRegistry;
  /**
   * Receives the access log of the UI's bucket, under `ui/`.
   *
   * @default - no access log: the bucket holds nothing but MLflow's own files
   */
  readonly serverAccessLogs?: s3.IBucket;
}

/** What only the API answers. */
const API_PATHS = ['/ajax-api/*', '/graphql'];
/** What may be anything that somebody logged. */
const ARTIFACT_PATHS = ['/get-artifact', '/model-versions/get-artifact'];
const LOGIN_PATHS = [UiPath.LOGIN, UiPath.CALLBACK, UiPath.LOGOUT];

/**
 * MLflow's own web UI at an address of CloudFront, for people who log in at the issuer of the registry's tokens (the
 * authorization code flow with PKCE, of a public client). Their token stays in a cookie that no script can read, and API
 * Gateway verifies it at each request.
 *
 * The UI's files are MLflow's: put those of its Python package into the bucket with the command in the output.
 */
export class TrackingUi extends Construct {
  /** Where people see it. */
  public readonly url: string;
  /** What must be registered at the issuer as an address to return to. */
  public readonly callbackUrl: string;
  /** The files of the UI. */
  public readonly bucket: s3.IBucket;
  public readonly distribution: cloudfront.Distribution;

  /** @throws Error when the registry takes no tokens. */
  constructor(scope: Construct, id: string, props: TrackingUiProps) {
    super(scope, id);
    const door = props.registry._tokenDoor;
    if (door === undefined) {
      throw new Error(
        `${props.registry.node.path} takes no tokens, and a browser cannot sign with IAM credentials: set its trackingAuth to TrackingAuth.jwt({...}).`,
      );
    }
    this.bucket = this.createBucket(props.serverAccessLogs);
    this.distribution = this.createDistribution(door.api);
    this.url = `https://${this.distribution.distributionDomainName}`;
    this.callbackUrl = `${this.url}${UiPath.CALLBACK}`;
    this.addLogin(door.api, door.issuer, door.clientId);
    new CfnOutput(this, 'Url', { value: this.url, description: "MLflow's web UI" });
    new CfnOutput(this, 'CallbackUrl', {
      value: this.callbackUrl,
      description: 'To be registered at the issuer as an address to return to',
    });
    new CfnOutput(this, 'UploadCommand', {
      value: `aws s3 sync --delete "$(python -c 'import mlflow, pathlib; print(pathlib.Path(mlflow.__file__).parent / "server/js/build")')" s3://${this.bucket.bucketName}`,
      description: "Puts the files of MLflow's web UI into place",
    });
  }

  private createBucket(serverAccessLogs?: s3.IBucket): s3.Bucket {
    return new s3.Bucket(this, 'Files', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: serverAccessLogs,
      serverAccessLogsPrefix: serverAccessLogs && 'ui/',
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private createDistribution(api: HttpApi): cloudfront.Distribution {
    const { region, urlSuffix } = Stack.of(this);
    const apiOrigin = new origins.HttpOrigin(`${api.apiId}.execute-api.${region}.${urlSuffix}`, {
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    });
    const files = origins.S3BucketOrigin.withOriginAccessControl(this.bucket);
    const before = (name: string, code: string): cloudfront.FunctionAssociation[] => [
      {
        eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
        function: new cloudfront.Function(this, name, {
          code: cloudfront.FunctionCode.fromInline(code),
          runtime: cloudfront.FunctionRuntime.JS_2_0,
        }),
      },
    ];
    const secure = { viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS };
    const pages = { ...secure, origin: files, functionAssociations: before('Pages', PAGES_FUNCTION) };
    const headers = pageHeaders(this);
    const calls = {
      ...secure,
      origin: apiOrigin,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    };
    const toApi = {
      ...calls,
      responseHeadersPolicy: headers,
      functionAssociations: before('Calls', API_FUNCTION),
    };
    const artifacts = { ...toApi, responseHeadersPolicy: artifactHeaders(this) };
    return new cloudfront.Distribution(this, 'Distribution', {
      comment: "MLflow's web UI",
      defaultRootObject: undefined,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      defaultBehavior: {
        ...pages,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        responseHeadersPolicy: headers,
      },
      additionalBehaviors: {
        '/static-files/*': {
          ...pages,
          cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
          responseHeadersPolicy: headers,
        },
        ...Object.fromEntries(API_PATHS.map((path) => [path, toApi])),
        ...Object.fromEntries(ARTIFACT_PATHS.map((path) => [path, artifacts])),
        ...Object.fromEntries(
          LOGIN_PATHS.map((path) => [path, { ...calls, responseHeadersPolicy: headers }]),
        ),
      },
    });
  }

  private addLogin(api: HttpApi, issuer: string, clientId: string): void {
    const login = new PrebundledFunction(this, 'Login', {
      handler: 'registry/ui-login',
      description: "Logs people in to MLflow's web UI",
      timeout: Duration.seconds(15),
      environment: { [UiEnv.ISSUER]: issuer, [UiEnv.CLIENT_ID]: clientId, [UiEnv.ORIGIN]: this.url },
      permissions: [],
    });
    const integration = new HttpLambdaIntegration('Login', login);
    for (const path of LOGIN_PATHS) {
      // Who logs in has no token yet.
      api.addRoutes({ path, methods: [HttpMethod.GET], integration, authorizer: new HttpNoneAuthorizer() });
    }
  }
}
