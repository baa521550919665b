import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { RegistryEnv, runPrefix } from '../../../lib/registry/contract';
import { RunFile } from '../../../lib/training/contract';
import { environmentMirror } from '../../registry/mirror/environment-mirror';
import { forgiving, type MirrorRun } from '../../registry/mirror/mirror-run';
import { type RegistryStore, registryStore } from '../../registry/registry-store';
import { dynamo, s3 } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { logger } from '../../shared/logger';
import { parseShape } from '../../shared/parse';
import { parseScores, parseSummary } from '../scores';
import { judge } from '../verdict';

const request = z.object({
  runId: z.string(),
  championVersion: z.number().optional(),
  rules: z.object({
    metric: z.enum(['rocAuc', 'f1', 'accuracy', 'precision', 'recall', 'logLoss']),
    floor: z.number(),
    tolerance: z.number().min(0),
    level: z.number().gt(0).lt(1),
    threshold: z.number(),
    minRows: z.number().int().min(1),
  }),
  /** What the training job printed, as SageMaker found it by the metric definitions. */
  trainingMetrics: z.array(z.object({ MetricName: z.string(), Value: z.number() })).default([]),
});

export interface JudgeDeps {
  readonly store: Pick<RegistryStore, 'getRun' | 'updateRun'>;
  /** Shows the run to MLflow's clients; never throws. */
  readonly mirror: MirrorRun;
  readonly clock: Clock;
  /** Text of an artifact. */
  readText(key: string): Promise<string>;
}

export interface Judgement {
  readonly accepted: boolean;
  readonly reasons: readonly string[];
}

/** Compares candidate and champion on the hold-out and records verdict and metrics with the run. */
export function createHandler(deps: JudgeDeps) {
  return async (event: unknown): Promise<Judgement> => {
    const { runId, championVersion, rules, trainingMetrics } = parseShape(request, event, 'The run to judge');
    const [scores, summary] = await Promise.all([
      deps.readText(`${runPrefix(runId)}${RunFile.SCORES}`).then(parseScores),
      deps.readText(`${runPrefix(runId)}${RunFile.SUMMARY}`).then(parseSummary),
    ]);
    if (scores.labels.length !== summary.rows) {
      throw new Error(
        `The evaluation of run ${runId} scored ${summary.rows} rows, but its table has ${scores.labels.length}: it is incomplete.`,
      );
    }
    const { championError } = summary;
    if (championVersion !== undefined && scores.champion === undefined && championError === undefined) {
      throw new Error(
        `The evaluation of run ${runId} has no scores of the champion, version ${championVersion}.`,
      );
    }
    const verdict = judge({ ...scores, championVersion, championError, seed: runId }, rules);
    const metrics = {
      ...Object.fromEntries(trainingMetrics.map(({ MetricName, Value }) => [MetricName, Value])),
      ...verdict.candidate,
      holdoutRows: summary.rows,
    };
    const known = await deps.store.getRun(runId);
    const judgedAt = known?.judgedAt ?? deps.clock.now().toISOString();
    await deps.store.updateRun(runId, { verdict, metrics, judgedAt });
    await deps.mirror(runId);
    return { accepted: verdict.accepted, reasons: verdict.reasons };
  };
}

export const handler = async (event: unknown): Promise<Judgement> => {
  const Bucket = requireEnv(RegistryEnv.ARTIFACTS_BUCKET);
  return createHandler({
    store: registryStore(dynamo(), requireEnv(RegistryEnv.TABLE)),
    mirror: forgiving(environmentMirror(), logger),
    clock: systemClock,
    readText: async (Key) => {
      const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    },
  })(event);
};
