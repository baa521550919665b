import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DataLakeEnv } from '../../../lib/data-lake/contract';
import { RegistryEnv } from '../../../lib/registry/contract';
import { TrainingEnv } from '../../../lib/training/contract';
import { catalog } from '../../data-lake/catalog';
import { logFailures } from '../../data-lake/log-failures';
import { findingsReader } from '../../monitoring/window-store';
import { environmentMirror } from '../../registry/mirror/environment-mirror';
import { forgiving } from '../../registry/mirror/mirror-run';
import { registryStore } from '../../registry/registry-store';
import { dynamo, stepFunctions } from '../../shared/clients';
import { systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { executions } from '../executions';
import { examine, type GovernorDeps } from '../governor';
import { decodeMessage, type Incoming } from '../trigger-events';

export interface AdmitDeps extends GovernorDeps {
  /** Why an alarm went off, in words, where that is on record. */
  findings(alarmName: string): Promise<readonly string[]>;
}

/**
 * Takes the messages of the triggers queue one by one. A trigger is first kept in the registry, then decided about;
 * a message that fails comes again.
 */
export function createHandler(deps: AdmitDeps) {
  return async (event: SQSEvent, context?: Context): Promise<SQSBatchResponse> => {
    const take = async (record: SQSRecord): Promise<void> => {
      const sentAt = new Date(Number(record.attributes.SentTimestamp));
      const incoming = await explained(deps, decodeMessage(record.body, sentAt, deps));
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

/** A run that an alarm starts says what the alarm is about, not only which one it was. */
async function explained(deps: AdmitDeps, incoming: Incoming): Promise<Incoming> {
  if (incoming.kind !== 'trigger' || incoming.alarm === undefined) return incoming;
  const { trigger } = incoming;
  const findings = await deps.findings(incoming.alarm);
  return { ...incoming, trigger: { ...trigger, reasons: [...findings, ...trigger.reasons] } };
}

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const dataset = requireEnv(TrainingEnv.DATASET);
  const datasets = catalog(dynamo(), requireEnv(DataLakeEnv.CATALOG_TABLE));
  const model = requireEnv(TrainingEnv.MODEL);
  const table = requireEnv(RegistryEnv.TABLE);
  return createHandler({
    model,
    dataset,
    recipe: requireEnv(TrainingEnv.RECIPE),
    policy: {
      maxDataRunsPerDay: Number(requireEnv(TrainingEnv.MAX_DATA_RUNS_PER_DAY)),
      cooldownSeconds: Number(requireEnv(TrainingEnv.COOLDOWN_SECONDS)),
    },
    store: registryStore(dynamo(), table),
    findings: findingsReader(dynamo(), table, model),
    executions: executions(stepFunctions(), requireEnv(TrainingEnv.STATE_MACHINE_ARN)),
    newestDatasetVersion: async () => (await datasets.current(dataset))?.version,
    publish: publishEvent,
    mirror: forgiving(environmentMirror(), logger),
    clock: systemClock,
  })(event, context);
};
