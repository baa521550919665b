/** The account and region that names live in. */
export interface Partition {
  readonly region: string;
  readonly accountId: string;
}

export type ResourceKind = 'training-job' | 'processing-job' | 'model' | 'endpoint-config' | 'endpoint';

/** SageMaker writes names in lower case into its ARNs. */
export function arnOf({ region, accountId }: Partition, kind: ResourceKind, name: string): string {
  return `arn:aws:sagemaker:${region}:${accountId}:${kind}/${name.toLowerCase()}`;
}
