import { Duration, Names, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as eventTargets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as schedulerTargets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { WorkQueue } from '../data-lake/work-queue';
import { DetailType, EVENT_SOURCE } from '../events-contract';
import { localArn } from '../private/prebundled-function';
import { MessageKind } from './contract';
import { allow } from './permissions';

/** @internal */
export interface TriggersProps {
  readonly modelName: string;
  readonly dataset: string;
  readonly eventBus: events.IEventBus;
}

/** How often the governor looks again at triggers that it deferred. */
const TICK = Duration.hours(1);

/** The queue in which everything that may start a run arrives, with the rules and schedules that fill it. @internal */
export class Triggers extends Construct {
  public readonly work: WorkQueue;
  private readonly props: TriggersProps;
  private schedulerRole: iam.IRole | undefined;

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    this.props = props;
    this.work = new WorkQueue(this, 'Triggers', {
      what: `training of model ${props.modelName}`,
      consumerTimeout: Duration.minutes(1),
      visibilityTimeout: Duration.minutes(6),
    });
    this.route('DatasetVersionCreated', `New versions of dataset ${props.dataset}`, props.eventBus, {
      source: [EVENT_SOURCE],
      detailType: [DetailType.DATASET_VERSION_CREATED],
      detail: { dataset: [props.dataset] },
    });
    this.route('TrainingRequested', `Requests to train model ${props.modelName}`, props.eventBus, {
      detailType: [DetailType.TRAINING_REQUESTED],
      detail: { model: [props.modelName] },
    });
    this.schedule('Tick', scheduler.ScheduleExpression.rate(TICK), MessageKind.REEXAMINE);
  }

  /** Lets messages reach the governor. */
  public consumeBy(admit: lambda.IFunction): void {
    new lambda.EventSourceMapping(this, 'Source', {
      target: admit,
      eventSourceArn: this.work.queue.queueArn,
      batchSize: 10,
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    });
  }

  /** An alarm that goes off asks for a run. */
  public addAlarm(alarm: cloudwatch.IAlarm): void {
    const id = `Alarm${Names.nodeUniqueId(alarm.node).slice(-40)}`;
    if (this.node.tryFindChild(id) !== undefined) return;
    this.route(id, `Drift of model ${this.props.modelName}`, undefined, {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      detail: { alarmName: [alarm.alarmName], state: { value: ['ALARM'] } },
    });
  }

  /** A pipeline that ended without concluding its run gives the lease back this way. */
  public addPipeline(pipeline: sfn.IStateMachine): void {
    this.route('PipelineEnded', `Runs of model ${this.props.modelName} that broke off`, undefined, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [pipeline.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
  }

  /** Asks for a run at times. */
  public addSchedule(expression: scheduler.ScheduleExpression): void {
    this.schedule('Schedule', expression, MessageKind.SCHEDULE);
  }

  private route(
    id: string,
    description: string,
    eventBus: events.IEventBus | undefined,
    eventPattern: events.EventPattern,
  ): void {
    new events.Rule(this, id, {
      description,
      eventBus,
      eventPattern,
      targets: [
        new eventTargets.SqsQueue(this.work.queue, {
          deadLetterQueue: this.work.deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }

  private schedule(id: string, expression: scheduler.ScheduleExpression, kind: string): void {
    new scheduler.Schedule(this, id, {
      schedule: expression,
      target: new schedulerTargets.SqsSendMessage(this.work.queue, {
        input: scheduler.ScheduleTargetInput.fromObject({ 'detail-type': kind }),
        role: this.roleOfScheduler(),
        deadLetterQueue: this.work.deadLetters,
        maxEventAge: TICK,
        retryAttempts: 10,
      }),
    });
  }

  private roleOfScheduler(): iam.IRole {
    if (this.schedulerRole === undefined) {
      const description = `Schedules of model ${this.props.modelName}`;
      const role = new iam.Role(this, 'SchedulerRole', {
        description,
        assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
          conditions: {
            StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
            ArnLike: { 'aws:SourceArn': localArn(this, 'scheduler', 'schedule-group/default') },
          },
        }),
      });
      new iam.ManagedPolicy(this, 'SchedulerRolePolicy', {
        description,
        roles: [role],
        statements: [allow(['sqs:SendMessage'], [this.work.queue.queueArn, this.work.deadLetters.queueArn])],
      });
      this.schedulerRole = role.withoutPolicyUpdates();
    }
    return this.schedulerRole;
  }
}
