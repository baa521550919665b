import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { RegistryEnv } from '../../../lib/registry/contract';
import { TrainingEnv } from '../../../lib/training/contract';
import { catalog } from '../../data-lake/catalog';
import { logFailures } from '../../data-lake/log-failures';
import { registryStore } from '../../registry/registry-store';
import { dynamo, stepFunctions } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { executions } from '../executions';
import { examine, type GovernorDeps } from '../governor';
import { decodeMessage } from '../trigger-events';

/**
 * Takes the messages of the triggers queue one by one. A trigger is first kept in the registry, then decided about;
 * a message that fails comes again.
 */
export function createHandler(deps: GovernorDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> => {
    const take = async (record: SQSRecord): Promise<void> => {
      const sentAt = new Date(Number(record.attributes.SentTimestamp));
      const incoming = decodeMessage(record.body, sentAt, deps);
      if (incoming.kind === 'nothing') {
        logger.info('nothing to do', { why: incoming.why });
        return;
      }
      if (incoming.kind === 'trigger') {
        const known = await deps.store.putPendingTrigger(deps.model, incoming.trigger);
        if (known !== 'pending') {
          logger.info('the trigger was answered before', { trigger: incoming.trigger, settled: known });
          return;
        }
      }
      const decision = await examine(deps, incoming.kind === 'trigger' ? incoming.trigger : undefined);
      logger.info('decided', { incoming, decision });
    };
    return processPartialResponse(event, logFailures(take), new BatchProcessor(EventType.SQS), {
      context,
      processInParallel: false,
      throwOnFullBatchFailure: false,
    });
  };
}

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const dataset = requireEnv(TrainingEnv.DATASET);
  const datasets = catalog(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE));
  return createHandler({
    model: requireEnv(TrainingEnv.MODEL),
    dataset,
    recipe: requireEnv(TrainingEnv.RECIPE),
    policy: {
      maxDataRunsPerDay: Number(requireEnv(TrainingEnv.MAX_DATA_RUNS_PER_DAY)),
      cooldownSeconds: Number(requireEnv(TrainingEnv.COOLDOWN_SECONDS)),
    },
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    executions: executions(stepFunctions(), requireEnv(TrainingEnv.STATE_MACHINE_ARN)),
    newestDatasetVersion: async () => (await datasets.current(dataset))?.version,
    publish: publishEvent,
    clock: systemClock,
  })(event, context);
};
