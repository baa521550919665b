import { RunFolder } from './contract';
import type { PipelineOptions } from './pipeline-options';
import { cluster, jobName, jobTags, outputUri, runUri } from './processing-states';
import { hasValidation } from './split-config';
import { jobTask, jsonata, type State } from './states';

const CHANNELS = '/opt/ml/input/data';

/**
 * The training job in script mode. It is cut off from the network, so its source comes in by a channel of its own.
 *
 * @internal
 */
export function trainState(options: PipelineOptions, next: string, onError: string): State {
  const compute = options.trainingCompute;
  const metrics = Object.entries(options.metricDefinitions).map(([Name, Regex]) => ({ Name, Regex }));
  return jobTask({
    comment: 'Trains the candidate',
    partition: options.partition,
    action: 'createTrainingJob',
    maxRuntimeSeconds: compute.maxRuntimeSeconds,
    assign: {
      candidateUri: jsonata('$states.result.ModelArtifacts.S3ModelArtifacts'),
      trainingMetrics: jsonata(
        `[$states.result.FinalMetricDataList[$exists(MetricName)].{'MetricName': MetricName, 'Value': Value}]`,
      ),
    },
    next,
    onError,
    request: {
      TrainingJobName: jobName(options, 'train'),
      RoleArn: options.roles.train,
      AlgorithmSpecification: {
        TrainingImage: options.imageUri,
        TrainingInputMode: 'File',
        ...(metrics.length === 0 ? {} : { MetricDefinitions: metrics }),
      },
      HyperParameters: scriptHyperparameters(options),
      InputDataConfig: [
        channel('train', runUri(options, RunFolder.TRAIN), 'text/csv'),
        ...(hasValidation(options.split)
          ? [channel('validation', runUri(options, RunFolder.VALIDATION), 'text/csv')]
          : []),
        channel('code', options.source.uri, 'application/gzip'),
      ],
      OutputDataConfig: { S3OutputPath: outputUri(options, RunFolder.TRAINING), KmsKeyId: options.keyArn },
      ResourceConfig: cluster(options, compute),
      StoppingCondition: { MaxRuntimeInSeconds: compute.maxRuntimeSeconds },
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      Tags: jobTags(options),
    },
  });
}

/** Hyperparameters of SageMaker's training toolkit are JSON; its own ones begin with `sagemaker_`. */
function scriptHyperparameters(options: PipelineOptions): Record<string, string> {
  const values: Record<string, string> = {
    ...options.hyperparameters,
    sagemaker_program: options.entryPoint,
    sagemaker_submit_directory: `${CHANNELS}/code/${options.source.fileName}`,
    sagemaker_region: options.region,
  };
  const encoded = Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]);
  return { ...Object.fromEntries(encoded), sagemaker_container_log_level: '20' };
}

function channel(name: string, uri: string, contentType: string): State {
  return {
    ChannelName: name,
    ContentType: contentType,
    CompressionType: 'None',
    InputMode: 'File',
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
    },
  };
}
