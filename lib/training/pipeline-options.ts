import type { ComputeConfig } from './compute';
import type { SplitConfig } from './contract';
import type { JudgeConfig } from './judge';

/** Everything that goes into the pipeline's definition. @internal */
export interface PipelineOptions {
  readonly partition: string;
  readonly region: string;
  readonly modelName: string;
  readonly lakeBucket: string;
  readonly artifactsBucket: string;
  readonly imageUri: string;
  /** Encrypts volumes and outputs. */
  readonly keyArn: string;
  readonly functions: PipelineFunctions;
  readonly roles: { readonly prepare: string; readonly train: string; readonly evaluate: string };
  readonly prepareScript: S3File;
  readonly evaluateScript: S3File;
  readonly source: S3File;
  /** Which code the source is, as tags of runs. */
  readonly codeTags: Readonly<Record<string, string>>;
  readonly entryPoint: string;
  readonly inference: string;
  readonly target: string;
  readonly split: SplitConfig;
  readonly ignoredColumns: readonly string[];
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Regular expressions with one group, by the metric's name. */
  readonly metricDefinitions: Readonly<Record<string, string>>;
  readonly trainingCompute: ComputeConfig;
  readonly processingCompute: ComputeConfig;
  readonly judge: JudgeConfig;
  /** The deployment state machine; without it an accepted model is only registered. */
  readonly deploymentArn?: string;
}

/** ARNs of the handlers. @internal */
export interface PipelineFunctions {
  readonly beginRun: string;
  readonly stageDataset: string;
  readonly recordSplit: string;
  readonly judge: string;
  readonly register: string;
  readonly conclude: string;
}

/** A file in S3 and the name that it has in a container. @internal */
export interface S3File {
  readonly uri: string;
  readonly fileName: string;
}
