import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** @internal */
export interface PrebundledFunctionProps {
  /** Area and name of the handler, e.g. `data-lake/record-drop`: the folder under `assets/lambdas`. */
  readonly handler: string;
  readonly description: string;
  readonly environment?: Record<string, string>;
  /** Everything the function may do beyond writing its own log. */
  readonly permissions: iam.PolicyStatement[];
  /** @default Duration.minutes(1) */
  readonly timeout?: Duration;
  /** @default Size.mebibytes(256) */
  readonly memory?: Size;
  /** @default - no limit of its own */
  readonly reservedConcurrency?: number;
}

/**
 * A Lambda function whose code was bundled when the library was built, with a role that holds exactly the
 * statements given: grants of other constructs cannot widen it.
 *
 * @internal
 */
export class PrebundledFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: PrebundledFunctionProps) {
    const logGroup = new logs.LogGroup(scope, `${id}Log`, {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(scope, `${id}Role`, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    const policy = new iam.ManagedPolicy(scope, `${id}Policy`, {
      description: props.description,
      statements: [
        new iam.PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [logGroup.logGroupArn],
        }),
        ...props.permissions,
      ],
      roles: [role],
    });
    super(scope, id, {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundlePath(props.handler)),
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: (props.memory ?? Size.mebibytes(256)).toMebibytes(),
      reservedConcurrentExecutions: props.reservedConcurrency,
      environment: { POWERTOOLS_SERVICE_NAME: props.handler.replace('/', '-'), ...props.environment },
    });
    this.node.addDependency(policy);
  }

  /** ARN with which a policy may name this function and its versions. */
  public invokeArns(): string[] {
    return [this.functionArn, `${this.functionArn}:*`];
  }
}

/** Where the package keeps what was bundled: `assets/` beside `lib/`. @internal */
export function assetPath(...parts: string[]): string {
  return path.join(__dirname, '..', '..', 'assets', ...parts);
}

function bundlePath(handler: string): string {
  const folder = assetPath('lambdas', ...handler.split('/'));
  if (!fs.existsSync(path.join(folder, 'index.js'))) {
    throw new Error(`The bundle of ${handler} is missing at ${folder}. In a checkout, run: npm run bundle`);
  }
  return folder;
}

/** ARN of a resource of this stack's account and region. @internal */
export function localArn(scope: Construct, service: string, resource: string): string {
  const stack = Stack.of(scope);
  return `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`;
}
