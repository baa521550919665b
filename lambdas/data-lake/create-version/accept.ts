import type { AcceptRequest } from '../messages';
import { createVersion } from './create-version';
import type { CreateVersionDeps, Outcome } from './deps';

/**
 * Lets the content of a quarantined version through: keeps who did and why, then closes the dataset anew. The first
 * acceptance of a version stays.
 *
 * @throws Error when there is no such version, or when it was never kept out
 */
export async function acceptQuarantined(deps: CreateVersionDeps, request: AcceptRequest): Promise<Outcome> {
  const { dataset, datasetVersion, reason, by, at } = request;
  const version = await deps.catalog.version(dataset, datasetVersion);
  if (version === undefined) {
    throw new Error(`Dataset "${dataset}" has no version ${datasetVersion} that could be accepted.`);
  }
  const accepted = (await deps.catalog.acceptances(dataset)).some((a) => a.datasetVersion === datasetVersion);
  if (version.status !== 'quarantined' && !accepted) {
    throw new Error(
      `Version ${datasetVersion} of dataset "${dataset}" is accepted already; nothing keeps it out.`,
    );
  }
  if (!accepted) await deps.catalog.recordAcceptance(dataset, { datasetVersion, reason, by, at });
  return createVersion(deps, {
    ...{ dataset, sequence: 0, firstEventAt: version.firstEventAt, marker: false },
    ...{ trigger: 'accept', by, acceptance: datasetVersion },
  });
}
