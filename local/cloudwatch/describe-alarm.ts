import { z } from 'zod';
import type { AlarmDefinition, AlarmId, StateRecord, StoredAlarm } from './alarm';
import { isSupportedStatistic } from './statistics';

const COMPARISONS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const TREATMENTS = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;

/** Empty where an optional text is absent, as the emulator has it. */
const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === '' || text === null ? undefined : text));

const identity = z.object({
  AccountId: z.string(),
  Region: z.string(),
  AlarmName: z.string(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  StateReason: z.string().default(''),
  StateReasonData: optionalText,
  /** Seconds since the epoch. */
  StateUpdatedTimestamp: z.number().default(0),
});

const evaluable = z.object({
  AlarmArn: z.string(),
  AlarmDescription: optionalText,
  Namespace: z.string().min(1),
  MetricName: z.string().min(1),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  Unit: optionalText,
  Statistic: optionalText,
  ExtendedStatistic: optionalText,
  Period: z.number().positive(),
  EvaluationPeriods: z.number().int().positive(),
  DatapointsToAlarm: z
    .number()
    .int()
    .positive()
    .nullish()
    .transform((datapoints) => datapoints ?? undefined),
  ComparisonOperator: z.enum(COMPARISONS),
  Threshold: z.number(),
  TreatMissingData: optionalText.pipe(z.enum(TREATMENTS).optional()),
  EvaluateLowSampleCountPercentile: optionalText,
});

/**
 * An alarm in the shape of DescribeAlarms (with AccountId and Region), as this runtime sees it. What it cannot evaluate
 * - metric math, anomaly detection, trimmed means - is marked so, with the reason.
 *
 * @throws ZodError when it has no name or no state.
 */
export function parseAlarm(described: unknown): StoredAlarm {
  const head = identity.parse(described);
  const id: AlarmId = { account: head.AccountId, region: head.Region, name: head.AlarmName };
  const state: StateRecord = {
    value: head.StateValue,
    reason: head.StateReason,
    reasonData: head.StateReasonData,
    at: new Date(head.StateUpdatedTimestamp * 1000),
  };
  if (isMetricMath(described)) {
    return { id, state, unsupported: 'metric math (Metrics) is not supported on the laptop; use one metric' };
  }
  const parsed = evaluable.safeParse(described);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { id, state, unsupported: `${issue?.path.join('.')}: ${issue?.message}` };
  }
  const body = parsed.data;
  const statistic = body.ExtendedStatistic ?? body.Statistic ?? '';
  if (!isSupportedStatistic(statistic)) {
    return { id, state, unsupported: `statistic "${statistic}" is not supported on the laptop` };
  }
  if (body.EvaluateLowSampleCountPercentile === 'ignore') {
    return {
      id,
      state,
      unsupported: 'EvaluateLowSampleCountPercentile "ignore" is not supported on the laptop',
    };
  }
  return { definition: definitionOf(id, body, statistic), state };
}

/** An alarm on an expression has no metric of its own. */
function isMetricMath(described: unknown): boolean {
  const { Metrics: metrics, MetricName: name } = described as { Metrics?: unknown; MetricName?: unknown };
  return (Array.isArray(metrics) && metrics.length > 0) || name === undefined || name === null || name === '';
}

function definitionOf(id: AlarmId, body: z.infer<typeof evaluable>, statistic: string): AlarmDefinition {
  return {
    ...id,
    arn: body.AlarmArn,
    description: body.AlarmDescription,
    metric: {
      namespace: body.Namespace,
      metricName: body.MetricName,
      dimensions: Object.fromEntries(body.Dimensions.map(({ Name, Value }) => [Name, Value])),
    },
    unit: body.Unit,
    statistic,
    period: body.Period,
    evaluationPeriods: body.EvaluationPeriods,
    datapointsToAlarm: body.DatapointsToAlarm,
    comparison: body.ComparisonOperator,
    threshold: body.Threshold,
    // Alarms on AWS/DynamoDB ignore missing data unless they say otherwise.
    treatMissingData: body.TreatMissingData ?? (body.Namespace === 'AWS/DynamoDB' ? 'ignore' : 'missing'),
  };
}
