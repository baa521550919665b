import * as events from 'aws-cdk-lib/aws-events';
import { EVENT_SOURCE } from '../events-contract';
import type { IDataLake } from './data-lake-interface';

/** Which events of a data lake go where. */
export interface DatasetEventOptions extends events.OnEventOptions {
  /**
   * Only events of this dataset.
   *
   * @default - those of every dataset
   */
  readonly dataset?: string;
}

/** A rule on the lake's bus for one of its events. @internal */
export function lakeRule(
  lake: IDataLake,
  id: string,
  detailType: string,
  options: DatasetEventOptions,
): events.Rule {
  const { dataset, description, eventPattern, ruleName, crossStackScope, target } = options;
  const rule = new events.Rule(crossStackScope ?? lake, id, {
    ...{ description, ruleName },
    eventBus: lake.eventBus,
    eventPattern: {
      source: [EVENT_SOURCE],
      detailType: [detailType],
      ...(dataset === undefined ? {} : { detail: { dataset: [dataset] } }),
    },
  });
  if (eventPattern !== undefined) rule.addEventPattern(eventPattern);
  if (target !== undefined) rule.addTarget(target);
  return rule;
}
