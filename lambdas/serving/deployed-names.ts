import { createHash } from 'node:crypto';
import { deployedNamePrefix, type ModelSettings } from '../../lib/serving/contract';
import type { ModelVersion } from '../registry/entities';

const DIGITS = 8;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}

/**
 * `<model>-v<version>-<digest>`, the digest taken over everything that makes the SageMaker model: the same content
 * has the same name, and another content never has.
 */
export function sageMakerModelName(version: ModelVersion, settings: ModelSettings): string {
  const content = JSON.stringify([
    version.artifactUri,
    version.image,
    Object.entries(version.environment).sort(([a], [b]) => (a < b ? -1 : 1)),
    settings.executionRoleArn,
    settings.networkIsolation,
  ]);
  return `${deployedNamePrefix(version.model)}${version.version}-${digest(content)}`;
}

/** `<model>-v<version>-<digest of the deployment's id>`: tells the live configuration of every deployment apart. */
export function endpointConfigName(model: string, version: number, deploymentId: string): string {
  return `${deployedNamePrefix(model)}${version}-${digest(deploymentId)}`;
}

/** Whether a name was made by the functions above for this model (and not for one whose name begins the same). */
export function isDeployedName(model: string, name: string): boolean {
  const prefix = deployedNamePrefix(model);
  return name.startsWith(prefix) && /^\d+-[0-9a-f]{8}$/.test(name.slice(prefix.length));
}
