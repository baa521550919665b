import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../lambdas/registry/entities';
import { endpointConfigName, isDeployedName, sageMakerModelName } from '../../lambdas/serving/deployed-names';
import { aVersion } from '../registry/samples';

const settings = { executionRoleArn: 'arn:aws:iam::1:role/model', networkIsolation: true };
const version = (overrides: Partial<ModelVersion> = {}): ModelVersion => ({
  ...aVersion(),
  version: 2,
  ...overrides,
});

describe('the name of a SageMaker model', () => {
  it('is the same for the same content, in whatever order the environment comes', () => {
    const one = version({ environment: { A: '1', B: '2' } });
    const other = version({ environment: { B: '2', A: '1' } });
    expect(sageMakerModelName(one, settings)).toBe(sageMakerModelName(other, settings));
    expect(sageMakerModelName(one, settings)).toMatch(/^flights-v2-[0-9a-f]{8}$/);
  });

  it('is another for another artifact, image, environment, role or isolation', () => {
    const names = [
      sageMakerModelName(version(), settings),
      sageMakerModelName(version({ artifactUri: 's3://other/model.tar.gz' }), settings),
      sageMakerModelName(version({ image: 'other' }), settings),
      sageMakerModelName(version({ environment: {} }), settings),
      sageMakerModelName(version(), { ...settings, executionRoleArn: 'arn:aws:iam::1:role/other' }),
      sageMakerModelName(version(), { ...settings, networkIsolation: false }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the name of an endpoint configuration', () => {
  it('differs between two deployments of the same version', () => {
    expect(endpointConfigName('flights', 2, 'a')).not.toBe(endpointConfigName('flights', 2, 'b'));
  });

  it('is one that SageMaker takes and clean-up recognises, for every model name allowed', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]{1,10}(-[a-z0-9]{1,14}){0,2}$/),
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.string(),
        (model, number, id) => {
          const name = endpointConfigName(model, number, id);
          expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
          expect(isDeployedName(model, name)).toBe(true);
          expect(isDeployedName(`${model}-v1`, name)).toBe(false);
        },
      ),
    );
  });
});
