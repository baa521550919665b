import { writeFileSync } from 'node:fs';
import type { FlywheelOutputs } from '../../cli/stack-outputs';
import type { Runtime } from '../runtime/runtime';
import { DEFAULT_PORT } from '../runtime/state';
import { type Departure, departures } from './flights';
import type { Narrator } from './narrator';

export interface TryNextOptions {
  readonly runtime: Runtime;
  readonly outputs: FlywheelOutputs;
  /** Folder of the monthly CSV files. */
  readonly data: string;
  /** Where departures to ask about are written. */
  readonly departuresFile: string;
}

/** What a person can do with the runtime that stays up. */
export function tryNext(
  narrator: Narrator,
  { runtime, outputs, data, departuresFile }: TryNextOptions,
): void {
  const { endpointUrl, port } = runtime;
  const local = port === DEFAULT_PORT ? '--local' : `--local ${port}`;
  writeFileSync(departuresFile, asCsv(departures(data, 8, 5)));
  narrator.text(`
The runtime stays up at ${endpointUrl}. In another terminal, try:

  npx flywheel status ${local}
  npx flywheel predict ${departuresFile} ${local}
  npx flywheel drop ${data}/flights-2013-08.csv ${local}
  npx flywheel watch ${local}
  aws --endpoint-url ${endpointUrl} sagemaker describe-endpoint --endpoint-name ${outputs.model}

Ctrl-C ends it.`);
}

function asCsv(asked: readonly Departure[]): string {
  const names = Object.keys(asked[0]?.instance ?? {});
  const rows = asked.map(({ instance }) => names.map((name) => instance[name] ?? '').join(','));
  return `${[names.join(','), ...rows].join('\n')}\n`;
}
