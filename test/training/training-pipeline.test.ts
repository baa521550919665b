import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { beforeAll, describe, expect, it } from 'vitest';
import { DataLake } from '../../lib/data-lake/data-lake';
import { ModelRegistry } from '../../lib/registry/model-registry';
import { Compute } from '../../lib/training/compute';
import { Image } from '../../lib/training/image';
import { Judge } from '../../lib/training/judge';
import { TrainingCode } from '../../lib/training/training-code';
import { TrainingPipeline } from '../../lib/training/training-pipeline';
import type { TrainingPipelineProps } from '../../lib/training/training-pipeline-props';

const SOURCE = path.join(__dirname, '..', '..', 'examples', 'flight-delays', 'source');

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON
type Json = any;

function composed(overrides: Partial<TrainingPipelineProps> = {}) {
  const stack = new Stack(new App(), 'Training');
  const registry = new ModelRegistry(stack, 'Registry');
  const lake = new DataLake(stack, 'Lake', {
    catalog: registry.table,
    encryptionKey: registry.encryptionKey,
  });
  const pipeline = new TrainingPipeline(stack, 'Pipeline', {
    modelName: 'flight-delays',
    lake,
    registry,
    dataset: 'flights',
    target: 'late',
    code: TrainingCode.fromDirectory(SOURCE),
    ...overrides,
  });
  return { stack, pipeline };
}

function synthesized(
  overrides?: Partial<TrainingPipelineProps>,
  extend?: (pipeline: TrainingPipeline) => void,
) {
  const { stack, pipeline } = composed(overrides);
  extend?.(pipeline);
  return { stack, pipeline, template: Template.fromStack(stack) };
}

let template: Template;
beforeAll(() => {
  template = synthesized().template;
});

function statementsOf(name: RegExp): Json[] {
  return Object.entries(template.findResources('AWS::IAM::ManagedPolicy'))
    .filter(([id]) => name.test(id))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
}
const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]) as string[];
const actionsOf = (statement: Json) => list(statement.Action);

describe('permissions of the pipeline', () => {
  it('name their resources, but for actions that know none', () => {
    const everything = statementsOf(/^Pipeline/).filter((statement) =>
      list(statement.Resource).includes('*'),
    );
    const actions = new Set(everything.flatMap(actionsOf));
    const allowed =
      /^(ecr:GetAuthorizationToken|cloudwatch:PutMetricData|xray:.*|logs:.*(LogDelivery|LogDeliveries|ResourcePolic(y|ies)|LogGroups))$/;
    expect([...actions].filter((action) => !allowed.test(action))).toEqual([]);
    for (const statement of everything.filter((one) => actionsOf(one).includes('cloudwatch:PutMetricData'))) {
      const [namespace] = [statement.Condition.StringEquals['cloudwatch:namespace']].flat();
      expect(namespace).toMatch(/^\/aws\/sagemaker\//);
    }
  });

  it('have no wildcard in an action', () => {
    expect(
      statementsOf(/^Pipeline/)
        .flatMap(actionsOf)
        .filter((action) => action.includes('*')),
    ).toEqual([]);
  });

  it('live in policies that grants of other constructs cannot widen', () => {
    expect(Object.keys(template.findResources('AWS::IAM::Policy'))).toEqual([]);
  });

  it('let roles be passed to SageMaker only', () => {
    const passes = statementsOf(/^Pipeline/).filter((one) => actionsOf(one).includes('iam:PassRole'));
    expect(passes).toHaveLength(1);
    expect(passes[0].Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    });
    expect(list(passes[0].Resource)).toHaveLength(3);
  });

  it('let jobs be created only for this model, and only without a network', () => {
    const [create] = statementsOf(/^PipelineRole/).filter((one) =>
      actionsOf(one).includes('sagemaker:CreateTrainingJob'),
    );
    expect(JSON.stringify(create.Resource)).toContain(':training-job/flight-delays-*-train-?');
    expect(create.Condition.Bool).toEqual({
      'sagemaker:NetworkIsolation': 'true',
      'sagemaker:InterContainerTrafficEncryption': 'true',
    });
  });

  it('let the training job read its rows and its own archive, and write nothing but the model', () => {
    const statements = statementsOf(/^PipelineTrainRolePolicy/);
    const resources = (action: string) =>
      statements.filter((one) => actionsOf(one).includes(action)).map((one) => JSON.stringify(one.Resource));
    const [rows, archive, ...rest] = resources('s3:GetObject');
    expect(rest).toEqual([]);
    expect(rows).toContain('/runs/*/data/train/*');
    expect(archive).toMatch(/cdk-hnb659fds-assets-[^*]*\/[0-9a-f]{64}\.tgz"/);
    expect(resources('s3:PutObject')).toEqual([expect.stringContaining('/runs/*/training/*')]);
  });

  it('let staging tell a copy that is missing from one that is forbidden', () => {
    const [listing, ...others] = statementsOf(/^PipelineStage/).filter((one) =>
      actionsOf(one).includes('s3:ListBucket'),
    );
    expect(others).toEqual([]);
    expect(listing.Condition).toBeUndefined();
    const [uploads] = statementsOf(/^PipelineStage/).filter((one) =>
      actionsOf(one).includes('s3:ListBucketMultipartUploads'),
    );
    expect(uploads.Condition).toEqual({ StringLike: { 's3:prefix': ['staging/*'] } });
  });

  it('trust services only on behalf of this account', () => {
    const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) =>
      id.startsWith('Pipeline'),
    );
    for (const [, role] of roles) {
      const [statement] = role.Properties.AssumeRolePolicyDocument.Statement;
      if (statement.Principal.Service === 'lambda.amazonaws.com') continue;
      expect(statement.Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
    }
  });
});

describe('triggers', () => {
  const rules = () =>
    Object.entries(template.findResources('AWS::Events::Rule'))
      .filter(([id]) => id.startsWith('Pipeline'))
      .map(([, rule]) => rule.Properties as Json);

  it('are new dataset versions, requests and runs that broke off', () => {
    expect(rules().map(({ EventPattern }) => EventPattern['detail-type'][0])).toEqual([
      'Dataset Version Created',
      'Training Requested',
      'Step Functions Execution Status Change',
    ]);
    expect(rules()[0].EventPattern.detail).toEqual({ dataset: ['flights'] });
    expect(rules()[1].EventPattern).toEqual({
      'detail-type': ['Training Requested'],
      detail: { model: ['flight-delays'] },
    });
    expect(rules()[2].EventPattern.detail.status).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
  });

  it('that cannot be delivered end in the dead letters, after limits that are explicit', () => {
    for (const { Targets } of rules()) {
      expect(Targets[0].DeadLetterConfig).toBeDefined();
      expect(Targets[0].RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 });
    }
  });

  it('are alarms, given as a prop or later, once each', () => {
    const stack = new Stack(new App(), 'Alarms');
    const [first, second] = ['first', 'second'].map((name) =>
      cloudwatch.Alarm.fromAlarmArn(stack, name, `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`),
    );
    const extended = synthesized({ retrainOn: [first!] }, (pipeline) => {
      pipeline.retrainOn(second!);
      pipeline.retrainOn(second!);
    });
    const details = Object.values(extended.template.findResources('AWS::Events::Rule'))
      .map((rule) => (rule.Properties as Json).EventPattern)
      .filter((pattern) => pattern.source?.[0] === 'aws.cloudwatch')
      .map((pattern) => pattern.detail);
    expect(details).toEqual([
      { alarmName: ['first'], state: { value: ['ALARM'] } },
      { alarmName: ['second'], state: { value: ['ALARM'] } },
    ]);
  });

  it('that were deferred are looked at again every hour, and a schedule can ask for runs', () => {
    const { template: scheduled } = synthesized({
      retraining: { schedule: scheduler.ScheduleExpression.rate(Duration.days(7)) },
    });
    const schedules = Object.values(scheduled.findResources('AWS::Scheduler::Schedule')).map((one) => [
      one.Properties.ScheduleExpression,
      JSON.parse(one.Properties.Target.Input)['detail-type'],
    ]);
    expect(schedules).toEqual([
      ['rate(1 hour)', 'flywheel.training.reexamine'],
      ['rate(7 days)', 'flywheel.training.schedule'],
    ]);
  });

  it('reach the governor with its policy', () => {
    const { template: limited } = synthesized({
      retraining: { maxDataRunsPerDay: 0, cooldown: Duration.minutes(10) },
    });
    limited.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          MAX_DATA_RUNS_PER_DAY: '0',
          COOLDOWN_SECONDS: '600',
          DATASET_NAME: 'flights',
        }),
      },
    });
  });
});

describe('the template', () => {
  it('logs and traces the state machine', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: Match.objectLike({ Level: 'ALL', IncludeExecutionData: false }),
      TracingConfiguration: { Enabled: true },
    });
  });

  it('finds the image by the region that it is deployed to', () => {
    const [mapping] = Object.values(template.findMappings('*'));
    expect(mapping!['us-east-1']).toEqual({ account: '683313688378' });
    expect(Object.keys(mapping!).length).toBeGreaterThan(30);
    expect(JSON.stringify(template.toJSON())).toContain('/sagemaker-scikit-learn:1.2-1-cpu-py3');
  });

  it('raises an alarm for failed runs and for triggers that cannot be processed', () => {
    const { pipeline } = composed();
    expect(pipeline.alarms).toHaveLength(2);
  });

  it('changes the recipe with what the model is made of, and not with who judges it', () => {
    const recipe = (overrides: Partial<TrainingPipelineProps>) => {
      const { stack, pipeline } = composed(overrides);
      const governor = pipeline.node.findChild('Admit').node.defaultChild as lambda.CfnFunction;
      return stack.resolve(governor.environment).variables.TRAINING_RECIPE;
    };
    const plain = recipe({});
    expect(recipe({ judge: Judge.binaryClassification({ tolerance: 0.2 }) })).toBe(plain);
    expect(recipe({ hyperparameters: { 'max-iter': '7' } })).not.toBe(plain);
    expect(recipe({ ignoredColumns: ['flight_id'] })).not.toBe(plain);
  });

  it('may start the deployment and nothing else', () => {
    const stack = new Stack(new App(), 'Other');
    const deployment = sfn.StateMachine.fromStateMachineArn(
      stack,
      'Deployment',
      'arn:aws:states:us-east-1:111122223333:stateMachine:deploy',
    );
    const { template: deploying } = synthesized({ deployment });
    const starts = Object.entries(deploying.findResources('AWS::IAM::ManagedPolicy'))
      .filter(([id]) => id.startsWith('PipelineRolePolicy'))
      .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as Json[])
      .filter((statement) => actionsOf(statement).includes('states:StartExecution'));
    expect(starts.map(({ Resource }) => Resource)).toEqual([
      'arn:aws:states:us-east-1:111122223333:stateMachine:deploy',
    ]);
  });
});

describe('settings that could not work', () => {
  it.each<[Partial<TrainingPipelineProps>, RegExp]>([
    [{ modelName: 'Flights' }, /^modelName is "Flights": give 1 to 25 small letters/],
    [{ modelName: 'x'.repeat(26) }, /^modelName is "x{26}"/],
    [{ holdoutFraction: 1 }, /^holdoutFraction is 1: give a share between 0 and 1/],
    [{ ignoredColumns: ['late'] }, /^ignoredColumns contains "late", which is the target/],
    [{ hyperparameters: { sagemaker_program: 'x' } }, /^hyperparameters contains "sagemaker_program"/],
    [{ retraining: { maxDataRunsPerDay: 1.5 } }, /^maxDataRunsPerDay is 1.5/],
  ])('%j is refused', (props, message) => {
    expect(() => composed(props)).toThrow(message);
  });

  const some = (count: number) => Array.from({ length: count }, (_, at) => `c${at}`);
  const named = (count: number) => Object.fromEntries(some(count).map((name) => [name, 'x']));

  it.each<[string, Partial<TrainingPipelineProps>, RegExp]>([
    [
      'a processing job of more than 9 days',
      { processingCompute: Compute.cpu({ maxRuntime: Duration.seconds(777_601) }) },
      /^The maxRuntime of processingCompute is 777601 s: .* 9 days/,
    ],
    ['a long target', { target: 'x'.repeat(257) }, /^target has 257 characters .* at most 256/],
    [
      'a long ignored column',
      { ignoredColumns: ['x'.repeat(248)] },
      /^A column of ignoredColumns has 248 characters .* at most 247/,
    ],
    ['many ignored columns', { ignoredColumns: some(95) }, /^ignoredColumns has 95 entries: .* at most 94/],
    [
      'a long hyperparameter',
      { hyperparameters: { words: 'x'.repeat(2499) } },
      /^Hyperparameter "words", as JSON, has 2501 characters .* at most 2500/,
    ],
    [
      'a long name of a hyperparameter',
      { hyperparameters: { ['x'.repeat(257)]: '1' } },
      /^A name in hyperparameters has 257 characters/,
    ],
    [
      'many hyperparameters',
      { hyperparameters: named(96) },
      /^hyperparameters has 96 entries: .* at most 95/,
    ],
    [
      'a long expression',
      { metricDefinitions: { auc: 'x'.repeat(501) } },
      /^The expression of metric "auc" has 501 characters .* at most 500/,
    ],
    [
      'a long name of a metric',
      { metricDefinitions: { ['x'.repeat(256)]: '(.*)' } },
      /^A name in metricDefinitions has 256 characters/,
    ],
    ['many metrics', { metricDefinitions: named(41) }, /^metricDefinitions has 41 entries: .* at most 40/],
  ])('such as %s, which SageMaker would refuse in the middle of a run, are refused', (_, props, message) => {
    expect(() => composed(props)).toThrow(message);
  });

  it('are not those at the very limit of what SageMaker takes', () => {
    composed({
      processingCompute: Compute.cpu({ maxRuntime: Duration.days(9) }),
      ignoredColumns: [...some(91), 'x'.repeat(247)],
      hyperparameters: { ...named(94), words: 'x'.repeat(2498) },
      metricDefinitions: { ...named(39), auc: 'x'.repeat(500) },
    });
  });

  it('of an image, an instance or a judge are refused where they are made', () => {
    expect(() => Image.sklearn('9.9')).toThrow('AWS has no scikit-learn image "9.9"');
    expect(() => Compute.cpu({ instanceType: 'm5.large' })).toThrow('instanceType is "m5.large"');
    expect(() => Compute.gpu({ instanceTypes: [] })).toThrow('instanceTypes is empty');
    expect(() => Compute.cpu({ maxRuntime: Duration.days(29) })).toThrow('maxRuntime is');
    expect(() => Judge.binaryClassification({ confidenceLevel: 95 })).toThrow('confidenceLevel is 95');
    expect(() => Judge.binaryClassification({ tolerance: -1 })).toThrow('tolerance is -1');
  });

  it('include requirements that an image of one’s own is not said to fulfil', () => {
    const stack = new Stack(new App(), 'Images');
    const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'mine');
    expect(() => composed({ image: Image.fromEcrRepository(repository, 'v1') })).toThrow(
      /requirements\.txt, line 1: "joblib" is not known to be in the image/,
    );
    composed({ image: Image.fromEcrRepository(repository, 'v1', ['joblib', 'NumPy', 'scikit-learn']) });
  });
});
