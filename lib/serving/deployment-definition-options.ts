import type { BlueGreenUpdatePolicy } from './traffic-shift';

/** `DeploymentConfig` of SageMaker, of which every update of the endpoint gets a copy. @internal */
export interface DeploymentConfig {
  readonly BlueGreenUpdatePolicy: BlueGreenUpdatePolicy;
  readonly AutoRollbackConfiguration: { readonly Alarms: { readonly AlarmName: string }[] };
}

/** @internal */
export interface DeploymentDefinitionOptions {
  readonly partition: string;
  readonly modelName: string;
  readonly endpointName: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly executionRoleArn: string;
  readonly networkIsolation: boolean;
  /** Where SageMaker writes captures; it appends endpoint and variant. */
  readonly captureUri: string;
  readonly captureKeyArn: string;
  /** Key of the instances' volumes; undefined where the instances have disks of their own. */
  readonly volumeKeyArn?: string;
  readonly deploymentConfig: DeploymentConfig;
  readonly planFunctionArn: string;
  readonly checkFunctionArn: string;
  readonly finishFunctionArn: string;
}
