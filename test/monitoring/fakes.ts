import type { SQSEvent } from 'aws-lambda';
import type { CaptureProfile } from '../../lambdas/monitoring/capture-profile';
import type { WindowEvaluation } from '../../lambdas/monitoring/evaluate-window/evaluation';
import { createHandler as evaluator } from '../../lambdas/monitoring/evaluate-window/index';
import type { ReportedState } from '../../lambdas/monitoring/evaluate-window/report';
import type { InferenceStore } from '../../lambdas/monitoring/inference-store';
import { createHandler as joiner } from '../../lambdas/monitoring/join-labels/index';
import { type LabelSource, resolveLabels } from '../../lambdas/monitoring/labels';
import type { Metric } from '../../lambdas/monitoring/metrics';
import type { TextObject } from '../../lambdas/monitoring/objects';
import { createHandler as profiler } from '../../lambdas/monitoring/profile-capture/index';
import type { ScoredInference } from '../../lambdas/monitoring/profile-file';
import { profileKey } from '../../lambdas/monitoring/profile-store';
import type { WindowState, WindowStore } from '../../lambdas/monitoring/window-store';
import type { Window } from '../../lambdas/monitoring/windows';
import type { Alias, Deployment, ModelVersion } from '../../lambdas/registry/entities';
import { FixedClock } from '../../lambdas/shared/clock';
import { ROWS_PER_CHUNK } from '../../lib/monitoring/contract';
import { anAlias, aVersion, BASELINE, MODEL, SETTINGS } from './samples';

/** Windows in memory. `touchedMeanwhile` runs between the reading of a window and the keeping of its evaluation. */
class FakeWindows implements WindowStore {
  readonly items = new Map<string, WindowState & { dirty: boolean }>();
  touchedMeanwhile: () => Promise<void> = async () => undefined;
  private state: ReportedState = {};

  async touch(window: Window, now: Date): Promise<void> {
    const before = this.items.get(window.start);
    this.items.set(window.start, {
      ...before,
      window,
      touched: (before?.touched ?? 0) + 1,
      touchedAt: now.toISOString(),
      dirty: true,
    });
  }
  async dirty(): Promise<WindowState[]> {
    return this.sorted().filter(({ dirty }) => dirty);
  }
  async save(window: Window, touched: number, evaluation: WindowEvaluation): Promise<boolean> {
    await this.touchedMeanwhile();
    const item = this.items.get(window.start)!;
    if (item.touched !== touched) return false;
    this.items.set(window.start, { ...item, evaluation: structuredClone(evaluation), dirty: false });
    return true;
  }
  async recent(limit: number): Promise<WindowEvaluation[]> {
    const newestFirst = this.sorted().reverse().slice(0, limit);
    return newestFirst.flatMap(({ evaluation }) => evaluation ?? []);
  }
  async reported(): Promise<ReportedState> {
    return this.state;
  }
  async setReported(state: ReportedState): Promise<void> {
    this.state = state;
  }
  private sorted() {
    return [...this.items.values()].sort((a, b) => (a.window.start < b.window.start ? -1 : 1));
  }
}

/** Scores and labels in memory, each under its own name as in the table. */
function fakeInferences(): InferenceStore {
  const scores = new Map<string, ScoredInference>();
  const labels = new Map<string, Record<string, LabelSource>>();
  return {
    async putScores(inferences) {
      for (const inference of inferences) scores.set(inference.inferenceId, inference);
    },
    async putLabels(chunks, source) {
      const windows = chunks.flatMap(({ inferenceId, chunk, rows }) => {
        const key = `${inferenceId}#${chunk}`;
        labels.set(key, { ...labels.get(key), [source.id]: { at: source.at, rows } });
        return scores.get(inferenceId)?.window ?? [];
      });
      return [...new Map(windows.map((window) => [window.start, window])).values()];
    },
    async outcomes(windowStart, modelVersion) {
      return [...scores.values()]
        .filter(
          (inference) => inference.window.start === windowStart && inference.modelVersion === modelVersion,
        )
        .flatMap((inference) =>
          inference.scores.map((score, row) => {
            const sources = labels.get(`${inference.inferenceId}#${Math.floor(row / ROWS_PER_CHUNK)}`) ?? {};
            return { score, label: resolveLabels(sources).get(String(row)) };
          }),
        );
    },
  };
}

/** A model that is watched, with everything around the three handlers in memory. */
export class WatchedModel {
  readonly clock = new FixedClock('2026-11-23T12:00:00Z');
  readonly objects = new Map<string, TextObject>();
  readonly windows = new FakeWindows();
  readonly metrics: Metric[] = [];
  readonly events: { detailType: string; detail: Record<string, unknown> }[] = [];
  /** What was kept of each capture file and window. */
  readonly kept = new Map<string, readonly CaptureProfile[]>();
  alias: Alias | undefined = anAlias(1, '2026-11-20T00:00:00.000Z');
  versions: ModelVersion[] = [aVersion(1), aVersion(2)];
  deployments: Deployment[] = [];
  settings = SETTINGS;
  /** CloudWatch does not take metrics of this name. */
  failMetric: string | undefined;
  private readonly inferences = fakeInferences();

  private readonly common = {
    model: MODEL,
    registry: {
      getAlias: async () => this.alias,
      listDeployments: async () => this.deployments,
      getModelVersion: async (_: string, number: number) =>
        this.versions.find(({ version }) => version === number),
    },
    read: async ({ key }: { key: string }) => this.objects.get(key),
    baseline: async () => BASELINE,
    inferences: this.inferences,
    windows: this.windows,
    putMetrics: async (metrics: readonly Metric[]) => {
      if (metrics.some(({ name }) => name === this.failMetric)) throw new Error('no reply');
      this.metrics.push(...metrics);
    },
    clock: this.clock,
    profiles: {
      put: async (parts: readonly [CaptureProfile, ...CaptureProfile[]]) =>
        void this.kept.set(profileKey(parts[0]), structuredClone(parts)),
      ofWindow: async (_: string, windowStart: string) =>
        this.profiles().filter(({ window }) => window.start === windowStart),
    },
  };

  profiles(): CaptureProfile[] {
    return [...this.kept.values()].flat();
  }

  /** Stores an object without telling anybody. */
  store(key: string, text: string, lastModified = this.clock.now()): string {
    this.objects.set(key, { key, text, lastModified });
    return key;
  }

  async captured(...keys: string[]) {
    return profiler({ ...this.common, windowSeconds: 3600 })(messages(keys));
  }

  async labelled(...keys: string[]) {
    return joiner(this.common)(messages(keys));
  }

  async tick() {
    const { evaluated } = await evaluator({
      ...this.common,
      graceSeconds: 300,
      settings: this.settings,
      publish: async (detailType, detail) => void this.events.push({ detailType, detail }),
    })();
    return evaluated;
  }

  values(name: string): number[] {
    return this.metrics.filter((metric) => metric.name === name).map(({ value }) => value);
  }
}

function messages(keys: string[]): SQSEvent {
  const body = (key: string) => JSON.stringify({ detail: { bucket: { name: 'bucket' }, object: { key } } });
  return {
    Records: keys.map((key, i) => ({ messageId: `m${i}`, body: body(key) })) as SQSEvent['Records'],
  };
}
