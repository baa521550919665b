import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * What a state machine that logs and traces must be allowed. IAM knows no resources for log delivery and for X-Ray.
 * Source: "Logging using CloudWatch Logs" and "X-Ray and Step Functions" of the Step Functions guide.
 *
 * @internal
 */
export function stateMachineTelemetry(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ],
    resources: ['*'],
  });
}

/** Pulling images from these repositories. The token is for the registry as a whole. @internal */
export function imagePull(repositoryArns: string[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [...new Set(repositoryArns)],
    }),
    new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  ];
}

/**
 * Writing the logs and the metrics of SageMaker's containers. CloudWatch knows no resources; the namespaces bound it.
 *
 * @internal
 */
export function containerTelemetry(logGroupArn: string, namespaces: string[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
      ],
      resources: [logGroupArn, `${logGroupArn}:*`],
    }),
    new iam.PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': namespaces } },
    }),
  ];
}
