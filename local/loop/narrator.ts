import { table } from '../../cli/output';
import type { FlywheelEvent } from './event-feed';
import type { Turn } from './timeline';

/** Tells the story on the screen: steps as headings, events and their reasons as lines with the time elapsed. */
export class Narrator {
  private readonly started = Date.now();
  private step = 0;

  constructor(private readonly write: (text: string) => void = (text) => process.stdout.write(text)) {}

  heading(text: string): void {
    this.step += 1;
    this.write(`\n${this.bold(`${this.step}. ${text}`)}\n`);
  }

  line(text: string): void {
    const seconds = ((Date.now() - this.started) / 1000).toFixed(1).padStart(6);
    this.write(`${this.dim(`${seconds} s`)}  ${text}\n`);
  }

  reasons(reasons: readonly string[] | undefined): void {
    for (const reason of reasons ?? []) {
      this.line(`          - ${reason}`);
    }
  }

  event(event: FlywheelEvent): void {
    this.line(`${event.detailType}${summary(event.detail)}`);
    this.reasons(event.detail.reasons ?? event.detail.problems);
    this.reasons((event.detail.drifted as Drifted[] | undefined)?.map(describeDrift));
  }

  turns(turns: readonly Turn[]): void {
    const header = ['turn', 'trigger', 'dataset', 'run', 'version', 'verdict', 'outcome'];
    const rows = turns.map((turn, index) => [
      String(index + 1),
      turn.trigger,
      turn.datasetVersion?.slice(0, 8) ?? '-',
      turn.run ?? '-',
      turn.modelVersion === null ? '-' : String(turn.modelVersion),
      turn.verdict ?? '-',
      turn.deployment,
    ]);
    this.write(`\n${table(header, rows)}\n`);
  }

  text(text: string): void {
    this.write(`${text}\n`);
  }

  private bold(text: string): string {
    return process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text;
  }

  private dim(text: string): string {
    return process.stdout.isTTY ? `\u001b[2m${text}\u001b[0m` : text;
  }
}

interface Drifted {
  readonly feature: string;
  readonly psi: number;
  readonly p: number;
}

function describeDrift({ feature, psi, p }: Drifted): string {
  return `${feature} drifted: PSI ${psi.toFixed(2)}, p ${p.toPrecision(1)}`;
}

const SHOWN: readonly [field: string, label: string][] = [
  ['datasetVersion', 'dataset'],
  ['decision', ''],
  ['trigger', 'trigger'],
  ['runId', 'run'],
  ['version', 'version'],
  ['status', ''],
  ['rows', 'rows'],
  ['verdict', ''],
];

function summary(detail: FlywheelEvent['detail']): string {
  const parts = SHOWN.flatMap(([field, label]) => {
    const value = detail[field];
    if (value === undefined || value === null || typeof value === 'object') {
      return [];
    }
    const text = field === 'datasetVersion' ? String(value).slice(0, 8) : String(value);
    return [label === '' ? text : `${label} ${text}`];
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
