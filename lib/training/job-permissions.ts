import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { IDataLake } from '../data-lake/data-lake';
import type { IModelRegistry } from '../registry/model-registry';
import { RunFolder, type SplitConfig } from './contract';
import type { ImageConfig } from './image';
import { jobRole } from './job-roles';
import { hasValidation } from './split-config';

/** One role for each kind of job. @internal */
export interface JobRoles {
  readonly prepare: iam.IRole;
  readonly train: iam.IRole;
  readonly evaluate: iam.IRole;
}

/** @internal */
export interface JobRolesProps {
  readonly modelName: string;
  readonly lake: IDataLake;
  readonly registry: IModelRegistry;
  readonly image: ImageConfig;
  /** The archive of the user's code. */
  readonly code: Asset;
  readonly split: SplitConfig;
  readonly scripts: { readonly prepare: Asset; readonly evaluate: Asset };
}

/** Who may read and write what: prepare reads data, train reads its training rows, evaluate the hold-out. @internal */
export function createJobRoles(scope: Construct, props: JobRolesProps): JobRoles {
  const { lake, registry, image, modelName } = props;
  const ofRuns = (folder: string) => ({ bucket: registry.artifacts, prefix: `runs/*/${folder}` });
  const validation = hasValidation(props.split) ? [ofRuns(RunFolder.VALIDATION)] : [];
  const common = { image, key: registry.encryptionKey };
  return {
    prepare: jobRole(scope, 'PrepareRole', {
      ...common,
      description: `Preparation jobs of model ${modelName}`,
      jobs: 'ProcessingJobs',
      reads: [{ bucket: lake.bucket, prefix: 'staging/' }],
      writes: [ofRuns(RunFolder.TRAIN), ...validation, ofRuns(RunFolder.HOLDOUT), ofRuns(RunFolder.BASELINE)],
      files: [props.scripts.prepare],
      readKeys: [lake.encryptionKey],
    }),
    train: jobRole(scope, 'TrainRole', {
      ...common,
      description: `Training jobs of model ${modelName}`,
      jobs: 'TrainingJobs',
      reads: [ofRuns(RunFolder.TRAIN), ...validation],
      writes: [ofRuns(RunFolder.TRAINING)],
      files: [props.code],
      readKeys: [],
    }),
    evaluate: jobRole(scope, 'EvaluateRole', {
      ...common,
      description: `Evaluation jobs of model ${modelName}`,
      jobs: 'ProcessingJobs',
      reads: [
        ofRuns(RunFolder.TRAINING),
        ofRuns(RunFolder.HOLDOUT),
        ofRuns(RunFolder.MODEL),
        { bucket: registry.artifacts, prefix: 'models/' },
      ],
      writes: [ofRuns(RunFolder.MODEL), ofRuns(RunFolder.EVALUATION)],
      files: [props.code, props.scripts.evaluate],
      readKeys: [],
    }),
  };
}
