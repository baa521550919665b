import * as z from 'zod';
import { DetailType, EVENT_SOURCE } from '../../lib/events-contract';
import { MessageKind } from '../../lib/training/contract';
import type { PendingTrigger } from '../registry/entities';
import { parseShape } from '../shared/parse';

/** What a message in the triggers queue asks for. */
export type Incoming =
  | {
      readonly kind: 'trigger';
      readonly trigger: PendingTrigger;
      /** The alarm that asks. */
      readonly alarm?: string;
    }
  /** Look again at what waits. */
  | { readonly kind: 'reexamine'; readonly why: string }
  | { readonly kind: 'nothing'; readonly why: string };

/** For whom the messages are. */
export interface Addressee {
  readonly model: string;
  readonly dataset: string;
}

const envelope = z.object({
  source: z.string().optional(),
  'detail-type': z.string(),
  time: z.string().optional(),
  detail: z.unknown().optional(),
});

const datasetVersionCreated = z.object({
  dataset: z.string(),
  datasetVersion: z.string().min(1),
  objects: z.number().optional(),
  rows: z.number().optional(),
});

const trainingRequested = z.object({
  model: z.string(),
  trigger: z.enum(['data', 'schedule', 'drift', 'manual']).default('manual'),
  reasons: z.array(z.string()).min(1),
  requestId: z.string().min(1),
  datasetVersion: z.string().min(1).optional(),
});

const alarmStateChange = z.object({
  alarmName: z.string(),
  state: z.object({ value: z.string(), reason: z.string().optional(), timestamp: z.string() }),
  previousState: z.object({ value: z.string() }).optional(),
});

const executionStatusChange = z.object({ name: z.string(), status: z.string() });

/**
 * Reads a message of the triggers queue.
 *
 * @param sentAt - when the message was sent; names a schedule's tick, whose event carries no time of its own.
 * @throws Error naming the field that is wrong.
 */
export function decodeMessage(body: string, sentAt: Date, to: Addressee): Incoming {
  const event = parseShape(envelope, json(body), 'A message of the triggers queue');
  const type = event['detail-type'];
  const time = event.time ?? sentAt.toISOString();
  // Anyone may ask for a run, under whatever source they put events.
  if (type === DetailType.TRAINING_REQUESTED)
    return fromRequest(parseShape(trainingRequested, event.detail, type), time, to);
  switch (`${event.source ?? ''}/${type}`) {
    case `${EVENT_SOURCE}/${DetailType.DATASET_VERSION_CREATED}`:
      return fromData(parseShape(datasetVersionCreated, event.detail, type), time, to);
    case 'aws.cloudwatch/CloudWatch Alarm State Change':
      return fromAlarm(parseShape(alarmStateChange, event.detail, type));
    case 'aws.states/Step Functions Execution Status Change': {
      const detail = parseShape(executionStatusChange, event.detail, type);
      return { kind: 'reexamine', why: `execution ${detail.name} is ${detail.status}` };
    }
    case `/${MessageKind.SCHEDULE}`:
      return fromSchedule(sentAt);
    case `/${MessageKind.REEXAMINE}`:
      return { kind: 'reexamine', why: 'asked to look again' };
    default:
      return { kind: 'nothing', why: `no trigger: ${event.source ?? 'no source'} "${type}"` };
  }
}

function fromData(detail: z.infer<typeof datasetVersionCreated>, time: string, to: Addressee): Incoming {
  if (detail.dataset !== to.dataset) {
    return { kind: 'nothing', why: `dataset "${detail.dataset}" is not "${to.dataset}"` };
  }
  const size = detail.rows === undefined ? '' : ` with ${detail.rows} rows`;
  return {
    kind: 'trigger',
    trigger: {
      key: `data:${detail.datasetVersion}`,
      trigger: 'data',
      reasons: [
        `dataset version ${detail.datasetVersion.slice(0, 8)} of "${detail.dataset}" was accepted${size}`,
      ],
      datasetVersion: detail.datasetVersion,
      requestedAt: time,
    },
  };
}

function fromRequest(detail: z.infer<typeof trainingRequested>, time: string, to: Addressee): Incoming {
  if (detail.model !== to.model)
    return { kind: 'nothing', why: `model "${detail.model}" is not "${to.model}"` };
  const { trigger, reasons, requestId, datasetVersion } = detail;
  return {
    kind: 'trigger',
    trigger: { key: `${trigger}:${requestId}`, trigger, reasons, datasetVersion, requestedAt: time },
  };
}

function fromAlarm(detail: z.infer<typeof alarmStateChange>): Incoming {
  const { alarmName, state, previousState } = detail;
  if (state.value !== 'ALARM' || previousState?.value === 'ALARM') {
    return {
      kind: 'nothing',
      why: `alarm "${alarmName}" went from ${previousState?.value ?? '?'} to ${state.value}`,
    };
  }
  const cause = state.reason === undefined ? '' : `: ${state.reason}`;
  return {
    kind: 'trigger',
    alarm: alarmName,
    trigger: {
      key: `drift:${alarmName}:${state.timestamp}`,
      trigger: 'drift',
      reasons: [`alarm "${alarmName}" went into ALARM${cause}`],
      requestedAt: new Date(state.timestamp).toISOString(),
    },
  };
}

function fromSchedule(sentAt: Date): Incoming {
  const minute = `${sentAt.toISOString().slice(0, 16)}Z`;
  return {
    kind: 'trigger',
    trigger: {
      key: `schedule:${minute}`,
      trigger: 'schedule',
      reasons: [`the schedule fell due at ${minute}`],
      requestedAt: sentAt.toISOString(),
    },
  };
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`A message of the triggers queue is not JSON: ${body.slice(0, 200)}`);
  }
}
