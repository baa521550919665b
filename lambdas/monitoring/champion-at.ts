import type { Alias, Deployment } from '../registry/entities';

/** The parts of a deployment that tell who was champion when. */
export type PastDeployment = Pick<Deployment, 'version' | 'status' | 'endedAt' | 'deploymentId'>;

/**
 * The model version that answered at a moment: the champion now or, for what was answered before the alias moved, the
 * version of the last deployment that had gone live by then. Where none is on record, it is the champion before this
 * one. A capture record does not name the version. While a deployment is under way the alias has not moved yet, so that
 * what the candidate answers counts for the champion: with a canary its share of the requests; all at once, every
 * request since the traffic was shifted. Both read the same features.
 *
 * @param past deployments of the model, in any order
 */
export function championAt(alias: Alias, past: readonly PastDeployment[], at: Date): number {
  const time = at.getTime();
  if (time >= Date.parse(alias.movedAt)) {
    return alias.version;
  }
  const [last] = past
    .flatMap(({ version, status, endedAt, deploymentId }) =>
      status === 'live' && endedAt !== undefined && deploymentId !== alias.deploymentId
        ? [{ version, since: Date.parse(endedAt) }]
        : [],
    )
    .filter(({ since }) => since <= time)
    .sort((a, b) => b.since - a.since);
  return last?.version ?? alias.previous ?? alias.version;
}
