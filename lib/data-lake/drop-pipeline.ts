import { Duration, Size } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DetailType, ENV_EVENT_BUS, EVENT_SOURCE } from '../events-contract';
import { PrebundledFunction } from '../private/prebundled-function';
import { DataLakeEnv, Prefix } from './contract';
import { createVersionPermissions, recordDropPermissions, resolvePartPermissions } from './permissions';
import { WorkQueue } from './work-queue';

/** The least memory that comes with a whole vCPU: reading tables is computing. */
const ONE_CPU = Size.mebibytes(1769);

/** S3 answers 5,500 reads a second below one prefix; a part asks up to some 1,000. */
const PARTS_AT_ONCE = 10;

/** @internal */
export interface DropPipelineProps {
  readonly bucket: s3.IBucket;
  readonly catalog: dynamodb.ITable;
  readonly encryptionKey: kms.IKey;
  readonly eventBus: events.IEventBus;
  readonly quietSeconds: number;
  /** JSON: dataset -> quiet period in seconds. */
  readonly datasetQuietPeriods: string;
  readonly changesPerFunction: number;
}

/**
 * Objects that land or go -> queue -> record-drop -> delayed closings -> create-version -> events. Of a large drop
 * create-version makes parts -> queue -> resolve-part -> one more message among the closings -> create-version.
 *
 * @internal
 */
export class DropPipeline extends Construct {
  public readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: DropPipelineProps) {
    super(scope, id);
    const landings = new WorkQueue(this, 'Landings', {
      what: 'objects that landed in the data lake or went from it',
      consumerTimeout: Duration.seconds(30),
      visibilityTimeout: Duration.minutes(3),
    });
    const closings = new WorkQueue(this, 'Closings', {
      what: 'drops to be closed',
      consumerTimeout: Duration.minutes(15),
      visibilityTimeout: Duration.minutes(16),
    });
    const parts = new WorkQueue(this, 'Parts', {
      what: 'parts of large drops',
      consumerTimeout: Duration.minutes(15),
      visibilityTimeout: Duration.minutes(16),
    });
    this.alarms = [landings.alarm, closings.alarm, parts.alarm];
    this.routeObjects(props.bucket, landings);
    this.routeAcceptances(props.eventBus, closings);
    this.consume(landings, 10, 5, this.recordDrop(props, landings, closings));
    this.consume(closings, 1, 5, this.createVersion(props, closings, parts));
    this.consume(parts, 1, PARTS_AT_ONCE, this.resolvePart(props, parts, closings));
  }

  private routeObjects(bucket: s3.IBucket, landings: WorkQueue): void {
    new events.Rule(this, 'ObjectCreated', {
      description: 'Objects that land under raw/ of the data lake, or go from there',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: Prefix.RAW }] } },
      },
      targets: [this.deliverTo(landings)],
    });
  }

  private routeAcceptances(eventBus: events.IEventBus, closings: WorkQueue): void {
    new events.Rule(this, 'AcceptRequested', {
      description: 'Requests to let the content of a quarantined dataset version through',
      eventBus,
      eventPattern: { source: [EVENT_SOURCE], detailType: [DetailType.DATASET_ACCEPT_REQUESTED] },
      targets: [this.deliverTo(closings)],
    });
  }

  private deliverTo(work: WorkQueue): targets.SqsQueue {
    return new targets.SqsQueue(work.queue, {
      deadLetterQueue: work.deadLetters,
      maxEventAge: Duration.hours(24),
      retryAttempts: 185,
    });
  }

  private environment({ bucket, catalog }: DropPipelineProps): Record<string, string> {
    return {
      [DataLakeEnv.BUCKET]: bucket.bucketName,
      [DataLakeEnv.CATALOG_TABLE]: catalog.tableName,
      // The SDK's own: S3 answers 503 while it grows to thousands of requests a second.
      AWS_MAX_ATTEMPTS: '10',
    };
  }

  private quietPeriods(props: DropPipelineProps): Record<string, string> {
    return {
      [DataLakeEnv.QUIET_PERIOD_SECONDS]: String(props.quietSeconds),
      [DataLakeEnv.DATASET_QUIET_PERIODS]: props.datasetQuietPeriods,
    };
  }

  private recordDrop(props: DropPipelineProps, landings: WorkQueue, closings: WorkQueue): lambda.IFunction {
    return new PrebundledFunction(this, 'RecordDrop', {
      handler: 'data-lake/record-drop',
      description: 'Counts objects that land or go and schedules the closing of their drop',
      environment: {
        ...this.environment(props),
        ...this.quietPeriods(props),
        [DataLakeEnv.CLOSINGS_QUEUE_URL]: closings.queue.queueUrl,
      },
      permissions: recordDropPermissions({ ...props, consumes: landings.queue, sends: closings.queue }),
      timeout: landings.consumerTimeout,
    });
  }

  private createVersion(props: DropPipelineProps, closings: WorkQueue, parts: WorkQueue): lambda.IFunction {
    return new PrebundledFunction(this, 'CreateVersion', {
      handler: 'data-lake/create-version',
      description: 'Closes a drop: checks its files and makes a dataset version of them',
      environment: {
        ...this.environment(props),
        ...this.quietPeriods(props),
        [DataLakeEnv.CHANGES_PER_FUNCTION]: String(props.changesPerFunction),
        [DataLakeEnv.PARTS_QUEUE_URL]: parts.queue.queueUrl,
        [ENV_EVENT_BUS]: props.eventBus.eventBusName,
      },
      permissions: createVersionPermissions({ ...props, consumes: closings.queue, sends: parts.queue }),
      timeout: closings.consumerTimeout,
      memory: ONE_CPU,
    });
  }

  private resolvePart(props: DropPipelineProps, parts: WorkQueue, closings: WorkQueue): lambda.IFunction {
    return new PrebundledFunction(this, 'ResolvePart', {
      handler: 'data-lake/resolve-part',
      description: 'Looks at one part of a large drop',
      environment: {
        ...this.environment(props),
        [DataLakeEnv.CLOSINGS_QUEUE_URL]: closings.queue.queueUrl,
      },
      permissions: resolvePartPermissions({ ...props, consumes: parts.queue, sends: closings.queue }),
      timeout: parts.consumerTimeout,
      memory: ONE_CPU,
    });
  }

  private consume(
    work: WorkQueue,
    batchSize: number,
    maxConcurrency: number,
    target: lambda.IFunction,
  ): void {
    new lambda.EventSourceMapping(this, `${work.node.id}Source`, {
      target,
      eventSourceArn: work.queue.queueArn,
      batchSize,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
