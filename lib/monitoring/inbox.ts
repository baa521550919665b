import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Deliveries of one message before it is set aside. */
const MAX_RECEIVES = 5;

/** @internal */
export interface InboxProps {
  readonly bucket: s3.IBucket;
  /** Objects whose keys begin so are taken. */
  readonly prefix: string;
  /** What the objects are, in words. */
  readonly what: string;
  readonly consumerTimeout: Duration;
}

/**
 * New objects under a prefix, waiting for a function: rule, queue, and dead letters that are kept for 14 days and
 * raise an alarm.
 *
 * @internal
 */
export class Inbox extends Construct {
  public readonly queue: sqs.Queue;
  public readonly alarm: cloudwatch.Alarm;
  public readonly consumerTimeout: Duration;

  constructor(scope: Construct, id: string, props: InboxProps) {
    super(scope, id);
    this.consumerTimeout = props.consumerTimeout;
    const deadLetters = new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the function's timeout, as AWS asks of a queue that a function polls.
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    this.alarm = deadLettersAlarm(deadLetters, this, props.what);
    new events.Rule(this, 'ObjectCreated', {
      description: `New ${props.what}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [props.bucket.bucketName] },
          object: { key: [{ prefix: props.prefix }] },
        },
      },
      targets: [
        new targets.SqsQueue(this.queue, {
          deadLetterQueue: deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }

  /** Has the function work on what waits, some objects at a time. */
  public deliverTo(target: lambda.IFunction, batchSize: number): void {
    new lambda.EventSourceMapping(this, 'Source', {
      target,
      eventSourceArn: this.queue.queueArn,
      batchSize,
      maxConcurrency: 5,
      reportBatchItemFailures: true,
    });
  }
}

/** Alarms as soon as anything is among the dead letters. @internal */
export function deadLettersAlarm(deadLetters: sqs.Queue, scope: Construct, what: string): cloudwatch.Alarm {
  return deadLetters
    .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' })
    .createAlarm(scope, 'DeadLettersAlarm', {
      alarmDescription: `Messages about ${what} could not be processed; see the dead letters and the log.`,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
}
