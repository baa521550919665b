import { Duration, Size } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENV_EVENT_BUS } from '../events-contract';
import { PrebundledFunction } from '../private/prebundled-function';
import { DataLakeEnv, Prefix } from './contract';
import { createVersionPermissions, recordDropPermissions } from './permissions';
import { WorkQueue } from './work-queue';

/** @internal */
export interface DropPipelineProps {
  readonly bucket: s3.IBucket;
  readonly catalog: dynamodb.ITable;
  readonly encryptionKey: kms.IKey;
  readonly eventBus: events.IEventBus;
  readonly quietSeconds: number;
}

/** Objects that land -> queue -> record-drop -> delayed closings -> create-version -> events. @internal */
export class DropPipeline extends Construct {
  public readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: DropPipelineProps) {
    super(scope, id);
    const landings = new WorkQueue(this, 'Landings', {
      what: 'objects that landed in the data lake',
      consumerTimeout: Duration.seconds(30),
      visibilityTimeout: Duration.minutes(3),
    });
    const closings = new WorkQueue(this, 'Closings', {
      what: 'drops to be closed',
      consumerTimeout: Duration.minutes(15),
      visibilityTimeout: Duration.minutes(16),
    });
    this.alarms = [landings.alarm, closings.alarm];
    this.routeObjects(props.bucket, landings);
    this.consume(landings, 10, this.recordDrop(props, landings, closings));
    this.consume(closings, 1, this.createVersion(props, closings));
  }

  private routeObjects(bucket: s3.IBucket, landings: WorkQueue): void {
    new events.Rule(this, 'ObjectCreated', {
      description: 'Objects that land under raw/ of the data lake',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: Prefix.RAW }] } },
      },
      targets: [
        new targets.SqsQueue(landings.queue, {
          deadLetterQueue: landings.deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }

  private environment({ bucket, catalog, quietSeconds }: DropPipelineProps): Record<string, string> {
    return {
      [DataLakeEnv.BUCKET]: bucket.bucketName,
      [DataLakeEnv.CATALOG_TABLE]: catalog.tableName,
      [DataLakeEnv.QUIET_PERIOD_SECONDS]: String(quietSeconds),
    };
  }

  private recordDrop(props: DropPipelineProps, landings: WorkQueue, closings: WorkQueue): lambda.IFunction {
    return new PrebundledFunction(this, 'RecordDrop', {
      handler: 'data-lake/record-drop',
      description: 'Counts objects that land and schedules the closing of their drop',
      environment: {
        ...this.environment(props),
        [DataLakeEnv.CLOSINGS_QUEUE_URL]: closings.queue.queueUrl,
      },
      permissions: recordDropPermissions({ ...props, consumes: landings.queue, sends: closings.queue }),
      timeout: landings.consumerTimeout,
    });
  }

  private createVersion(props: DropPipelineProps, closings: WorkQueue): lambda.IFunction {
    return new PrebundledFunction(this, 'CreateVersion', {
      handler: 'data-lake/create-version',
      description: 'Closes a drop: checks its files and makes a dataset version of them',
      environment: { ...this.environment(props), [ENV_EVENT_BUS]: props.eventBus.eventBusName },
      permissions: createVersionPermissions({ ...props, consumes: closings.queue }),
      timeout: closings.consumerTimeout,
      memory: Size.mebibytes(1769), // the least that comes with a whole vCPU: reading CSV is computing
    });
  }

  private consume(work: WorkQueue, batchSize: number, target: lambda.IFunction): void {
    new lambda.EventSourceMapping(this, `${work.node.id}Source`, {
      target,
      eventSourceArn: work.queue.queueArn,
      batchSize,
      maxConcurrency: 5,
      reportBatchItemFailures: true,
    });
  }
}
