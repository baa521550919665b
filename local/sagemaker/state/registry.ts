import { join } from 'node:path';
import { Collection } from './collection';
import type { Endpoint, EndpointConfig, Model, ProcessingJob, Tag, TrainingJob } from './records';

/** Everything that the control plane knows. Tags are kept by ARN. */
export interface Registry {
  readonly trainingJobs: Collection<TrainingJob>;
  readonly processingJobs: Collection<ProcessingJob>;
  readonly models: Collection<Model>;
  readonly endpointConfigs: Collection<EndpointConfig>;
  readonly endpoints: Collection<Endpoint>;
  readonly tags: Collection<{ arn: string; tags: Tag[] }>;
}

/** @param folder - where to keep the resources between runs; undefined keeps them in memory only */
export function createRegistry(folder?: string): Registry {
  const within = (name: string) => (folder === undefined ? undefined : join(folder, name));
  return {
    trainingJobs: new Collection(within('training-jobs')),
    processingJobs: new Collection(within('processing-jobs')),
    models: new Collection(within('models')),
    endpointConfigs: new Collection(within('endpoint-configs')),
    endpoints: new Collection(within('endpoints')),
    tags: new Collection(within('tags')),
  };
}
