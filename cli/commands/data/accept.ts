import { setTimeout as wait } from 'node:timers/promises';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Command } from 'commander';
import { DetailType, EVENT_SOURCE } from '../../../lib/events-contract';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { resolveVersion, shortId } from '../../data/resolve-version';
import { UserError } from '../../errors';
import { print } from '../../output';
import { callerIdentity } from '../../registry/caller-identity';
import { countOf } from '../../registry/version-argument';

interface AcceptOptions extends LakeOptions {
  readonly reason: string;
  readonly by?: string;
  readonly bus: string;
  readonly timeout: string;
}

export interface Accepted {
  /** The version that was kept out. */
  readonly requested: string;
  /** The version that has its content now; absent when the time ran out before the lake had it. */
  readonly version?: string;
  readonly by: string;
  readonly reason: string;
}

export function addAccept(data: Command): void {
  lakeCommand(data.command('accept'))
    .description('let a version through that the checks kept out; who and why is recorded')
    .argument('<version>', 'the quarantined version: its id or the first digits of it')
    .requiredOption('--reason <text>', 'why its content is right although the checks failed')
    .option('--by <who>', 'who accepts it (default: the identity of your credentials)')
    .option('--bus <name>', "the lake's event bus", 'default')
    .option('--timeout <seconds>', 'how long to wait for the version', '120')
    .addHelpText(
      'after',
      '\nExample:\n  flywheel data accept 88d0e2 --reason "distances are in kilometres since March" --local',
    )
    .action(async (reference: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<AcceptOptions>();
      const lake = await openLake(options);
      const accepted = await acceptVersion(lake, reference, {
        reason: options.reason,
        by: options.by ?? (await callerIdentity(lake.context)),
        bus: options.bus,
        timeoutMs: countOf(options.timeout, 'timeout') * 1000,
      });
      print(options.json, accepted, () => describeAccepted(accepted));
      if (accepted.version === undefined) process.exitCode = 1;
    });
}

export interface Acceptance {
  readonly reason: string;
  readonly by: string;
  /** Name of the event bus. */
  readonly bus: string;
  readonly timeoutMs: number;
  /** Between two looks. @default 1000 */
  readonly pollMs?: number;
}

/**
 * Asks the lake to let the content of a quarantined version through, and waits for the version that has it.
 *
 * @throws UserError when the version is not one that was kept out, or the bus refuses the request
 */
export async function acceptVersion(
  lake: Lake,
  reference: string,
  acceptance: Acceptance,
): Promise<Accepted> {
  const { reason, by, bus, timeoutMs, pollMs = 1000 } = acceptance;
  if (reason.trim() === '') throw new UserError('Say why the version is accepted: --reason "..."', 'reason');
  const { id, status } = await resolveVersion(lake.catalog, lake.dataset, reference);
  if (status !== 'quarantined') {
    throw new UserError(
      `Version ${shortId(id)} of dataset ${lake.dataset} is ${status}: only a version that was kept out can be accepted.`,
      'version',
    );
  }
  const before = await lake.catalog.current(lake.dataset);
  await requestAcceptance(lake, bus, { dataset: lake.dataset, datasetVersion: id, reason, by });
  for (let waited = 0; waited < timeoutMs; waited += pollMs) {
    await wait(pollMs);
    const [current, version] = await Promise.all([
      lake.catalog.current(lake.dataset),
      lake.catalog.version(lake.dataset, id),
    ]);
    if (version?.status === 'accepted') return { requested: id, version: id, by, reason };
    if (current !== undefined && current.revision !== before?.revision) {
      // Another drop may have moved it: only the version that went through by this acceptance is the answer.
      const next = await lake.catalog.version(lake.dataset, current.version);
      if (next?.acceptance?.datasetVersion === id) {
        return { requested: id, version: current.version, by, reason };
      }
    }
  }
  return { requested: id, by, reason };
}

async function requestAcceptance(lake: Lake, bus: string, detail: Record<string, string>): Promise<void> {
  const answer = await lake.eventBridge().send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: EVENT_SOURCE,
          DetailType: DetailType.DATASET_ACCEPT_REQUESTED,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  const refused = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
  if (refused !== undefined) {
    throw new UserError(`Event bus ${bus} refused the request: ${refused.ErrorCode} ${refused.ErrorMessage}`);
  }
}

export function describeAccepted({ requested, version, by }: Accepted): string {
  if (version === undefined) {
    return `The lake was asked to accept ${shortId(requested)} and has not done so yet. Watch: flywheel data list; if it stays away, look at the alarm on the lake's dead letters.`;
  }
  const what =
    version === requested ? shortId(version) : `${shortId(requested)}, as part of ${shortId(version)},`;
  return `Version ${what} is accepted by ${by} and current.`;
}
