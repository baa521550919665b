import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { RegistryEnv } from '../../../lib/registry/contract';
import { MessageKind, TrainingEnv } from '../../../lib/training/contract';
import { environmentMirror } from '../../registry/mirror/environment-mirror';
import type { MirrorRun } from '../../registry/mirror/mirror-run';
import { registryStore } from '../../registry/registry-store';
import { dynamo, sqs } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { parseShape } from '../../shared/parse';
import { type EndRunDeps, endRun } from '../end-run';
import { type Outcome, outcomeOf } from '../outcome';

const stateError = z.object({ Error: z.string().optional(), Cause: z.string().optional() });

const request = z.object({
  runId: z.string(),
  model: z.string(),
  leaseToken: z.number(),
  verdict: z.object({ accepted: z.boolean(), reasons: z.array(z.string()) }).optional(),
  registered: z.object({ version: z.number() }).optional(),
  deployed: z
    .object({ status: z.enum(['live', 'rolled-back', 'failed']), reasons: z.array(z.string()).default([]) })
    .optional(),
  error: stateError.optional(),
  deploymentError: stateError.optional(),
});

export interface ConcludeDeps extends Omit<EndRunDeps, 'mirror'> {
  /** Lets the governor look at the triggers that waited for this run to end. */
  reexamine(): Promise<void>;
  /** Shows the run's end to MLflow's clients; may fail. */
  readonly mirror: MirrorRun;
}

/**
 * Ends a run, whatever its outcome, and wakes the governor. When its end could not be shown to MLflow's clients, the
 * run has ended all the same, and the call fails last of all: it is repeated, and if that is of no use, the pipeline's
 * execution fails, which raises an alarm.
 */
export function createHandler(deps: ConcludeDeps) {
  return async (event: unknown): Promise<Outcome> => {
    const { runId, model, leaseToken, ...state } = parseShape(request, event, 'The end of a run');
    const outcome = outcomeOf(state);
    let unseen: unknown;
    const mirror: MirrorRun = async (id) => {
      await deps.mirror(id).catch((error: unknown) => {
        unseen = error;
      });
    };
    await endRun({ ...deps, mirror }, { runId, model, leaseToken }, outcome);
    await deps.reexamine();
    if (unseen !== undefined) throw unseen;
    return outcome;
  };
}

export const handler = async (event: unknown): Promise<Outcome> =>
  createHandler({
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    publish: publishEvent,
    clock: systemClock,
    mirror: environmentMirror(),
    reexamine: async () => {
      await sqs().send(
        new SendMessageCommand({
          QueueUrl: requireEnv(TrainingEnv.TRIGGERS_QUEUE_URL),
          MessageBody: JSON.stringify({ 'detail-type': MessageKind.REEXAMINE }),
        }),
      );
    },
  })(event);
