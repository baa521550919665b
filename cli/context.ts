import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readRuntimeState } from '../local/runtime/state';
import { UserError } from './errors';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly stack?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  /** `true`: the runtime on the default port; a text: its port. */
  readonly local?: boolean | string;
  readonly json?: boolean;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the command works: an AWS account, or an endpoint that stands in for one. */
export interface Context {
  readonly stack: string;
  readonly region: string;
  /** Set when requests go to a laptop runtime instead of AWS. */
  readonly endpointUrl?: string;
  readonly credentials: () => Promise<Credentials>;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly sageMaker: SageMakerClient;
  readonly stepFunctions: SFNClient;
}

const DEFAULT_STACK = 'FlightDelays';
const DEFAULT_REGION = 'us-east-1';

/** The laptop runtime accepts any credentials; these make it plain that they are no secret. */
const LAPTOP_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** @throws UserError when `--local` is given and no runtime is up on that port. */
export function createContext(options: GlobalOptions): Context {
  const endpointUrl = options.endpointUrl ?? laptopEndpoint(options.local) ?? process.env.AWS_ENDPOINT_URL;
  const region = options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
  const onLaptop = endpointUrl !== undefined && process.env.AWS_ACCESS_KEY_ID === undefined;
  const credentials = onLaptop ? async () => LAPTOP_CREDENTIALS : defaultProvider();
  const config = { region, credentials, ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }) };
  return {
    stack: options.stack ?? process.env.FLYWHEEL_STACK ?? DEFAULT_STACK,
    region,
    endpointUrl,
    credentials,
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(config), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    s3: new S3Client({ ...config, forcePathStyle: endpointUrl !== undefined }),
    sageMaker: new SageMakerClient(config),
    stepFunctions: new SFNClient(config),
  };
}

function laptopEndpoint(local: boolean | string | undefined): string | undefined {
  if (local === undefined || local === false) {
    return undefined;
  }
  const port = local === true ? undefined : Number(local);
  if (port !== undefined && !Number.isInteger(port)) {
    throw new UserError(`--local takes a port number, got "${local}".`);
  }
  const state = readRuntimeState(port);
  if (state === undefined) {
    throw new UserError(
      `No laptop runtime is up${port === undefined ? '' : ` on port ${port}`}. Start one with: flywheel local up`,
    );
  }
  return state.endpointUrl;
}
