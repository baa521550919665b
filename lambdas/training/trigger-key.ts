import { createHash } from 'node:crypto';
import type { PendingTrigger } from '../registry/entities';

/**
 * The run that a trigger starts on a dataset version. The same trigger on the same version is the same run, however
 * often it is delivered.
 */
export function runIdOf(trigger: Pick<PendingTrigger, 'key' | 'trigger'>, datasetVersion: string): string {
  const fingerprint = createHash('sha256').update(trigger.key).digest('hex').slice(0, 8);
  return `${trigger.trigger}-${datasetVersion.slice(0, 8)}-${fingerprint}`;
}
