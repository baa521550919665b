import { Duration, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as schedulerTargets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV_EVENT_BUS } from '../events-contract';
import { PrebundledFunction } from '../private/prebundled-function';
import { RegistryEnv } from '../registry/contract';
import { type DriftSettings, MonitorEnv, type QualitySettings } from './contract';
import { deadLettersAlarm, Inbox } from './inbox';
import {
  capturesPrefix,
  evaluateWindowPermissions,
  joinLabelsPermissions,
  labelsPrefix,
  type MonitorResources,
  profileCapturePermissions,
} from './permissions';

/** @internal */
export interface MonitorFunctionsProps extends MonitorResources {
  readonly windowSeconds: number;
  readonly graceSeconds: number;
  readonly retentionSeconds: number;
  readonly evaluateEvery: Duration;
  readonly drift: DriftSettings;
  readonly quality: QualitySettings;
}

/** Captures -> profiles; labels -> outcomes; and, by the clock, both -> verdicts. @internal */
export class MonitorFunctions extends Construct {
  /** Alarms about the monitoring itself. */
  public readonly alarms: cloudwatch.Alarm[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitorFunctionsProps,
  ) {
    super(scope, id);
    const captures = this.profileCaptures();
    const labels = this.joinLabels();
    const evaluation = this.evaluateWindows();
    this.alarms = [captures.alarm, labels.alarm, ...evaluation];
  }

  private environment(): Record<string, string> {
    return {
      [MonitorEnv.MODEL]: this.props.modelName,
      [RegistryEnv.TABLE]: this.props.registry.table.tableName,
      [MonitorEnv.RETENTION_SECONDS]: String(this.props.retentionSeconds),
    };
  }

  private profileCaptures(): Inbox {
    const inbox = new Inbox(this, 'Captures', {
      bucket: this.props.captureBucket,
      prefix: capturesPrefix(this.props.endpointName),
      what: `captured requests of model ${this.props.modelName}`,
      consumerTimeout: Duration.minutes(5),
    });
    const profileCapture = new PrebundledFunction(this, 'ProfileCapture', {
      handler: 'monitoring/profile-capture',
      description: 'Counts captured rows on the bins of the training data',
      environment: {
        ...this.environment(),
        [MonitorEnv.CAPTURE_BUCKET]: this.props.captureBucket.bucketName,
        [MonitorEnv.WINDOW_SECONDS]: String(this.props.windowSeconds),
      },
      permissions: profileCapturePermissions(this.props, inbox.queue),
      timeout: inbox.consumerTimeout,
      memory: Size.mebibytes(1024),
    });
    inbox.deliverTo(profileCapture, 5);
    return inbox;
  }

  private joinLabels(): Inbox {
    const inbox = new Inbox(this, 'Labels', {
      bucket: this.props.labelBucket,
      prefix: labelsPrefix(this.props.modelName),
      what: `labels of model ${this.props.modelName}`,
      consumerTimeout: Duration.minutes(5),
    });
    const joinLabels = new PrebundledFunction(this, 'JoinLabels', {
      handler: 'monitoring/join-labels',
      description: 'Joins labels to predictions by inference id',
      environment: this.environment(),
      permissions: joinLabelsPermissions(this.props, inbox.queue),
      timeout: inbox.consumerTimeout,
      memory: Size.mebibytes(512),
    });
    inbox.deliverTo(joinLabels, 1);
    return inbox;
  }

  private evaluateWindows(): cloudwatch.Alarm[] {
    const evaluateWindow = new PrebundledFunction(this, 'EvaluateWindow', {
      handler: 'monitoring/evaluate-window',
      description: 'Compares closed windows of traffic with the training data, and predictions with labels',
      environment: {
        ...this.environment(),
        [ENV_EVENT_BUS]: this.props.eventBus.eventBusName,
        [MonitorEnv.CAPTURE_BUCKET]: this.props.captureBucket.bucketName,
        [MonitorEnv.GRACE_SECONDS]: String(this.props.graceSeconds),
        [MonitorEnv.DRIFT_SETTINGS]: JSON.stringify(this.props.drift),
        [MonitorEnv.QUALITY_SETTINGS]: JSON.stringify(this.props.quality),
      },
      permissions: evaluateWindowPermissions(this.props),
      timeout: Duration.minutes(5),
      memory: Size.mebibytes(1024),
    });
    const deadLetters = new sqs.Queue(this, 'TickDeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.schedule(evaluateWindow, deadLetters);
    return [
      deadLettersAlarm(deadLetters, this, 'ticks of the evaluation'),
      this.failureAlarm(evaluateWindow),
    ];
  }

  private schedule(target: lambda.IFunction, deadLetters: sqs.Queue): void {
    const role = new iam.Role(this, 'ScheduleRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'Lets the scheduler evaluate windows',
    });
    const policy = new iam.ManagedPolicy(this, 'SchedulePolicy', {
      description: 'Lets the scheduler evaluate windows',
      statements: [
        new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }),
        new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
      ],
      roles: [role],
    });
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      description: `Evaluates the windows of model ${this.props.modelName}`,
      schedule: scheduler.ScheduleExpression.rate(this.props.evaluateEvery),
      target: new schedulerTargets.LambdaInvoke(target, {
        role: role.withoutPolicyUpdates(),
        deadLetterQueue: deadLetters,
        // The next tick does what this one could not.
        retryAttempts: 2,
        maxEventAge: Duration.minutes(5),
      }),
    });
    schedule.node.addDependency(policy);
  }

  /** One failed tick heals itself; windows that fail again and again need a person. */
  private failureAlarm(evaluateWindow: lambda.IFunction): cloudwatch.Alarm {
    return evaluateWindow
      .metricErrors({ period: this.props.evaluateEvery, statistic: 'Sum' })
      .createAlarm(this, 'EvaluationFailures', {
        alarmDescription: `Windows of model ${this.props.modelName} cannot be evaluated; the log says why.`,
        threshold: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
  }
}
