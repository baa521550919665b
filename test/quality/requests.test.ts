import { describe, expect, test } from 'vitest';
import { type AwsRequest, validateRequests } from './python';

/** Problems of a CreateTrainingJob request that is right but for `changes`. */
function problems(changes: Record<string, unknown>, request: Partial<AwsRequest> = {}): string[] {
  const parameters = {
    TrainingJobName: '{% $states.input.job %}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what the checks make of a reference in a template
    RoleArn: '${Role.Arn}',
    AlgorithmSpecification: { TrainingInputMode: 'File', TrainingImage: 'image' },
    OutputDataConfig: { S3OutputPath: 's3://artifacts/runs' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    ...changes,
  };
  return validateRequests([
    { service: 'sagemaker', operation: 'createTrainingJob', where: 'here', parameters, ...request },
  ]).map(({ problem }) => problem);
}

describe('the check of AWS requests', () => {
  test('finds nothing in a request that is right, with expressions where values come at run time', () => {
    expect(problems({})).toEqual([]);
  });

  test('reports a member that the API does not have', () => {
    expect(problems({ NetworkIsolation: true })).toEqual([
      expect.stringContaining('CreateTrainingJob.NetworkIsolation: unknown member'),
    ]);
  });

  test('reports a nested member that is required and missing', () => {
    expect(problems({ ResourceConfig: { InstanceType: 'ml.m5.large' }, OutputDataConfig: {} })).toEqual([
      'CreateTrainingJob.OutputDataConfig.S3OutputPath: required by OutputDataConfig and missing',
    ]);
  });

  test('reports a value that is not among those of an enum', () => {
    const specification = { TrainingInputMode: 'Files', TrainingImage: 'image' };
    expect(problems({ AlgorithmSpecification: specification })).toEqual([
      expect.stringContaining("'Files' is not one of Pipe, File, FastFile"),
    ]);
  });

  test('reports a wrong type, a value out of range, a text that is too long and one of the wrong shape', () => {
    expect(
      problems({
        EnableNetworkIsolation: 'yes',
        StoppingCondition: { MaxRuntimeInSeconds: 0 },
        TrainingJobName: `a${'b'.repeat(63)}`,
        OutputDataConfig: { S3OutputPath: 'artifacts/runs' },
      }),
    ).toEqual([
      expect.stringContaining('64 characters, at most 63'),
      expect.stringContaining("TrainingJobName: 'abb"),
      expect.stringContaining("'artifacts/runs' does not match"),
      expect.stringContaining('0 is below 1'),
      expect.stringContaining('EnableNetworkIsolation: expected true or false, got "yes"'),
    ]);
  });

  test('reports an operation or a service that does not exist', () => {
    expect(problems({}, { operation: 'createTrainingJobs' })).toEqual([
      "sagemaker has no operation 'CreateTrainingJobs'",
    ]);
    expect(problems({}, { service: 'sagemarker' })).toEqual(["botocore knows no service 'sagemarker'"]);
  });
});
