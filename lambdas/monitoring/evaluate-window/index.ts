import { DetailType } from '../../../lib/events-contract';
import { type DriftSettings, MonitorEnv, type QualitySettings } from '../../../lib/monitoring/contract';
import { CHAMPION, RegistryEnv } from '../../../lib/registry/contract';
import { type RegistryStore, registryStore } from '../../registry/registry-store';
import { cloudWatch, dynamo, s3 } from '../../shared/clients';
import { type Clock, systemClock } from '../../shared/clock';
import { requireEnv } from '../../shared/env';
import { type PublishEvent, publishEvent } from '../../shared/events';
import { logger } from '../../shared/logger';
import { type BaselineSource, baselineSource } from '../baseline-source';
import { mergeWindow } from '../capture-profile';
import { type InferenceStore, inferenceStore } from '../inference-store';
import { metricWriter, type PutMetrics } from '../metrics';
import { objectReader } from '../objects';
import { type ProfileStore, profileStore } from '../profile-store';
import { type WindowState, type WindowStore, windowStore } from '../window-store';
import { isClosed } from '../windows';
import { evaluate, sameFindings, type WindowEvaluation } from './evaluation';
import { alarmReport, windowMetrics } from './report';
import { windowEvaluated } from './window-evaluated';

/** A label that was just written may be missing in the index for a moment: windows rest this long after a touch. */
const SETTLE_SECONDS = 5;
/** More windows than this wait for the next tick. */
const WINDOWS_A_TICK = 50;
/** Enough windows to find the last ones that have a verdict. */
const RECENT_WINDOWS = 50;

export interface EvaluateWindowDeps {
  readonly model: string;
  readonly graceSeconds: number;
  readonly settings: { drift: DriftSettings; quality: QualitySettings };
  readonly registry: Pick<RegistryStore, 'getAlias' | 'getModelVersion'>;
  readonly windows: WindowStore;
  readonly profiles: ProfileStore;
  readonly inferences: InferenceStore;
  readonly baseline: BaselineSource;
  readonly putMetrics: PutMetrics;
  readonly publish: PublishEvent;
  readonly clock: Clock;
}

/**
 * Evaluates every closed window that something arrived for since it was last evaluated: first when it has closed, and
 * again whenever a late capture or label touches it. A window that cannot be evaluated stays due, does not hold up
 * the others, and makes the invocation fail, so that it is seen.
 */
export function createHandler(deps: EvaluateWindowDeps) {
  return async (): Promise<{ evaluated: WindowEvaluation[] }> => {
    const now = deps.clock.now();
    const due = (await deps.windows.dirty()).filter((state) => isDue(state, now, deps.graceSeconds));
    const evaluated: WindowEvaluation[] = [];
    const failures: Error[] = [];
    for (const state of due.slice(0, WINDOWS_A_TICK)) {
      try {
        evaluated.push(...(await evaluateWindow(deps, state, now)));
      } catch (error) {
        const { start } = state.window;
        logger.error('could not evaluate a window', { windowStart: start, error: error as Error });
        failures.push(new Error(`window ${start}: ${(error as Error).message}`, { cause: error }));
      }
    }
    await report(deps, evaluated, now);
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
    }
    return { evaluated };
  };
}

function isDue({ window, touchedAt }: WindowState, now: Date, graceSeconds: number): boolean {
  const settled = Date.parse(touchedAt) + SETTLE_SECONDS * 1000 <= now.getTime();
  return settled && isClosed(window.end, now, graceSeconds);
}

async function evaluateWindow(
  deps: EvaluateWindowDeps,
  state: WindowState,
  now: Date,
): Promise<WindowEvaluation[]> {
  const { window } = state;
  const merged = mergeWindow(await deps.profiles.ofWindow(deps.model, window.start));
  const version = merged && (await deps.registry.getModelVersion(deps.model, merged.modelVersion));
  if (merged !== undefined && version === undefined) {
    throw new Error(`model version ${merged.modelVersion} of "${deps.model}" is not in the registry`);
  }
  const evaluation = evaluate(
    {
      window,
      merged,
      baseline: version && (await deps.baseline(version)),
      scored: version && {
        outcomes: await deps.inferences.outcomes(window.start, version.version),
        threshold: version.threshold,
      },
    },
    deps.settings,
    now,
  );
  if (!sameFindings(state.evaluation, evaluation)) {
    await deps.putMetrics(windowMetrics(evaluation, now));
    await deps.publish(DetailType.WINDOW_EVALUATED, windowEvaluated(deps.model, evaluation));
    logger.info('evaluated a window', windowEvaluated(deps.model, evaluation));
  }
  const saved = await deps.windows.save(window, state.touched, evaluation);
  return saved ? [evaluation] : [];
}

async function report(deps: EvaluateWindowDeps, evaluated: WindowEvaluation[], now: Date): Promise<void> {
  const champion = await deps.registry.getAlias(deps.model, CHAMPION);
  const [recent, before] = await Promise.all([deps.windows.recent(RECENT_WINDOWS), deps.windows.reported()]);
  const { metrics, state } = alarmReport(recent, evaluated, before, {
    champion: champion?.version,
    drift: deps.settings.drift,
    now,
  });
  if (metrics.length > 0) {
    // Whoever the alarm wakes finds the reasons there already.
    await deps.windows.setReported({ ...before, findings: state.findings });
    await deps.putMetrics(metrics);
    await deps.windows.setReported(state);
  }
}

let production: ReturnType<typeof createHandler> | undefined;

export const handler = async (): Promise<{ evaluated: number }> => {
  production ??= createHandler(productionDeps());
  const { evaluated } = await production();
  return { evaluated: evaluated.length };
};

function productionDeps(): EvaluateWindowDeps {
  const model = requireEnv(MonitorEnv.MODEL);
  const table = requireEnv(RegistryEnv.TABLE);
  return {
    model,
    graceSeconds: Number(requireEnv(MonitorEnv.GRACE_SECONDS)),
    settings: {
      drift: JSON.parse(requireEnv(MonitorEnv.DRIFT_SETTINGS)),
      quality: JSON.parse(requireEnv(MonitorEnv.QUALITY_SETTINGS)),
    },
    registry: registryStore(dynamo(), table),
    windows: windowStore(dynamo(), table, model),
    profiles: profileStore(s3(), requireEnv(MonitorEnv.CAPTURE_BUCKET)),
    inferences: inferenceStore(dynamo(), table, model, Number(requireEnv(MonitorEnv.RETENTION_SECONDS))),
    baseline: baselineSource(objectReader(s3())),
    putMetrics: metricWriter(cloudWatch(), model),
    publish: publishEvent,
    clock: systemClock,
  };
}
