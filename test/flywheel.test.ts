import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { Flywheel } from '../lib/flywheel';
import type { FlywheelProps } from '../lib/flywheel-props';
import { Image } from '../lib/training/image';
import { TrainingCode } from '../lib/training/training-code';

function synthesise(props: (stack: Stack) => Partial<FlywheelProps> = () => ({})): Template {
  const stack = new Stack(new App({ context: { 'aws:cdk:disable-asset-staging': true } }), 'Test');
  new Flywheel(stack, 'Wheel', {
    modelName: 'flights',
    code: TrainingCode.fromDirectory('examples/flight-delays/source'),
    target: 'late',
    ...props(stack),
  });
  return Template.fromStack(stack);
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** What the role of the model's containers may pull images from. */
function pulledFrom(template: Template): unknown {
  const [policy] = Object.values(
    template.findResources('AWS::IAM::ManagedPolicy', {
      Properties: { Description: 'Model containers of flights' },
    }),
  );
  const statements = policy!.Properties.PolicyDocument.Statement as Statement[];
  return statements.find(({ Action }) => Action.includes('ecr:BatchGetImage'))?.Resource;
}

describe("the model's containers", () => {
  it('pull from the repository of the image given, and from no other', () => {
    let repositoryId = '';
    const template = synthesise((stack) => {
      const repository = new ecr.Repository(stack, 'Images');
      repositoryId = stack.getLogicalId(repository.node.defaultChild as ecr.CfnRepository);
      return {
        image: Image.fromEcrRepository(repository, '7', ['joblib', 'numpy', 'pandas', 'scikit-learn']),
      };
    });
    expect(pulledFrom(template)).toEqual({ 'Fn::GetAtt': [repositoryId, 'Arn'] });
  });

  it("pull AWS's framework images when no image is given", () => {
    const text = JSON.stringify(pulledFrom(synthesise()));
    expect(text).toContain('repository/sagemaker-scikit-learn');
    expect(text).toContain('repository/sagemaker-xgboost');
  });

  it('pull the scikit-learn image that is given', () => {
    const text = JSON.stringify(pulledFrom(synthesise(() => ({ image: Image.sklearn('1.2-1') }))));
    expect(text).toContain('Fn::FindInMap');
    expect(text).toContain('repository/sagemaker-scikit-learn');
  });
});

describe('the alarm topic', () => {
  it('hears of deployments that ended without recording their outcome', () => {
    const template = synthesise((stack) => ({ alarmTopic: new sns.Topic(stack, 'Alarms') }));
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const machines = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
    const deployment = machines.find((id) => id.includes('EndpointDeployment'));
    expect(deployment).toBeDefined();
    const alarms = Object.values(
      template.findResources('AWS::CloudWatch::Alarm', {
        Properties: { Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: deployment } }] },
      }),
    );
    expect(alarms.map(({ Properties }) => Properties.MetricName).sort()).toEqual([
      'ExecutionsAborted',
      'ExecutionsFailed',
      'ExecutionsTimedOut',
    ]);
    for (const { Properties } of alarms) expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
  });
});
