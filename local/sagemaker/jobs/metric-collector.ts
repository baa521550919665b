import type { FinalMetric, MetricDefinition } from '../state/records';

/** Finds metrics in a job's output, line by line, and keeps the last value of each. */
export class MetricCollector {
  private readonly last = new Map<string, FinalMetric>();
  private readonly definitions: readonly { readonly name: string; readonly regex: RegExp }[];

  /**
   * @param definitions - a name and a regular expression with one group, the number
   * @param now - seconds since the epoch
   * @throws Error naming the metric when its expression is not valid
   */
  constructor(
    definitions: readonly MetricDefinition[],
    private readonly now: () => number,
  ) {
    this.definitions = definitions.map(({ Name, Regex }) => ({
      name: Name,
      regex: compileMetric(Name, Regex),
    }));
  }

  read(line: string): void {
    for (const { name, regex } of this.definitions) {
      for (const match of line.matchAll(regex)) {
        const value = Number.parseFloat(match[1] ?? '');
        if (Number.isFinite(value)) {
          this.last.set(name, { MetricName: name, Value: value, Timestamp: this.now() });
        }
      }
    }
  }

  /** In the order of the definitions; a metric that never appeared is missing. */
  result(): FinalMetric[] {
    return this.definitions.flatMap(({ name }) => this.last.get(name) ?? []);
  }
}

/** @throws Error naming the metric when the expression is not valid or has no group */
export function compileMetric(name: string, regex: string): RegExp {
  let compiled: RegExp;
  try {
    compiled = new RegExp(regex, 'g');
  } catch (error) {
    throw new Error(`The regex of the metric "${name}" is not valid: ${(error as Error).message}`);
  }
  const groups = new RegExp(`${regex}|`).exec('')!.length - 1;
  if (groups < 1) {
    throw new Error(`The regex of the metric "${name}" has no group for the value: ${regex}`);
  }
  return compiled;
}
