import { DetailType } from '../../../lib/events-contract';
import { dropLabels } from '../drops';
import type { FlywheelEvent } from '../event-feed';
import { departures } from '../flights';
import { type Answered, predictAll } from '../predictions';
import type { World } from '../world';

const WINDOW_TIMEOUT_MS = 60_000;
const PER_REQUEST = 25;

/** Real departures are predicted, captured, and labelled late: the window then has its quality figures. */
export async function labelledTraffic(world: World, month: number, count: number): Promise<void> {
  const answered = await predictAll(world, departures(world.data, month, count), PER_REQUEST);
  world.narrator.line(
    `${answered.length} departures of month ${month} predicted: ${share(answered)} said to arrive late`,
  );
  await dropLabels(world, `month-${month}.csv`, labelsCsv(answered));
  world.narrator.line('their labels arrive');
  const evaluated = await world.events.next(
    DetailType.WINDOW_EVALUATED,
    ({ detail }) => detail.model === world.outputs.model && hasQuality(detail),
    WINDOW_TIMEOUT_MS,
    'a window with labels to be evaluated',
  );
  showQuality(world, evaluated);
}

export function labelsCsv(answered: readonly Answered[]): string {
  const lines = answered.map(({ prediction, late }) => `${prediction.inferenceId},${late}`);
  return `inference_id,label\n${lines.join('\n')}\n`;
}

function share(answered: readonly Answered[]): string {
  const late = answered.filter(({ prediction }) => prediction.label === 1).length;
  return `${((100 * late) / answered.length).toFixed(1)} %`;
}

function hasQuality(detail: FlywheelEvent['detail']): boolean {
  return typeof detail.quality?.accuracy === 'number';
}

function showQuality(world: World, { detail }: FlywheelEvent): void {
  const { accuracy, precision, recall, f1, coverage } = detail.quality;
  const show = (value: number | undefined): string =>
    value === undefined || value === null ? 'not known' : value.toFixed(3);
  world.narrator.line(
    `accuracy ${show(accuracy)}, precision ${show(precision)}, recall ${show(recall)}, F1 ${show(f1)} at label coverage ${show(coverage)}`,
  );
}
