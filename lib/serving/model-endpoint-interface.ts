import type { IResource } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/** A model behind a SageMaker endpoint, with a way to deploy to it and a way to ask it. */
export interface IModelEndpoint extends IResource {
  /** Name of the model. @attribute */
  readonly modelName: string;
  /** Name of the SageMaker endpoint: the model's. @attribute */
  readonly endpointName: string;
  /** Where predictions are asked for: `POST` with IAM credentials. @attribute */
  readonly apiUrl: string;
  /**
   * Makes a version of the model live. Input: `{model, version, trigger, reasons, runId?}`. Output:
   * `{status: 'live' | 'rolled-back' | 'failed', deploymentId, endpointConfigName, reasons}`.
   */
  readonly deploymentStateMachine: sfn.IStateMachine;
  /** Where requests and answers are captured, under `captures/`. */
  readonly captureBucket: s3.IBucket;
  /** Lets the grantee call the prediction API. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
  /** Requests to the endpoint. @default - sum over 5 minutes */
  metricInvocations(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Requests that the model could not answer (HTTP 5xx). @default - sum over 5 minutes */
  metricServerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Requests that were wrong (HTTP 4xx). @default - sum over 5 minutes */
  metricClientErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Time that the model took to answer, in microseconds. @default - 99th percentile over 5 minutes */
  metricModelLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
