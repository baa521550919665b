import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

function lazy<T>(create: () => T): () => T {
  let client: T | undefined;
  return () => {
    client ??= create();
    return client;
  };
}

/** Clients are made on first use, so that a bundle pays only for what its handler calls. */
export const s3 = lazy(() => new S3Client({}));
export const sqs = lazy(() => new SQSClient({}));
export const eventBridge = lazy(() => new EventBridgeClient({}));
export const stepFunctions = lazy(() => new SFNClient({}));
export const sageMaker = lazy(() => new SageMakerClient({}));
export const cloudWatch = lazy(() => new CloudWatchClient({}));
export const dynamo = lazy(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);
