import * as z from 'zod';
import { type Payload, payloadRows, type Row } from './payload';

const side = z.object({
  observedContentType: z.string().optional(),
  data: z.string(),
  encoding: z.enum(['CSV', 'JSON', 'BASE64']),
});

const recordShape = z.object({
  captureData: z.object({ endpointInput: side.optional(), endpointOutput: side.optional() }),
  eventMetadata: z.object({
    eventId: z.string().min(1),
    inferenceId: z.string().min(1).optional(),
    inferenceTime: z.iso.datetime({ offset: true }),
  }),
});

/** One captured request to the endpoint. Either side may be absent: capture can be switched on for one alone. */
export interface CaptureRecord {
  /** The caller's inference id, or SageMaker's event id when the caller sent none. */
  readonly inferenceId: string;
  readonly at: Date;
  readonly inputs?: readonly Row[];
  /** The score of each row. */
  readonly scores?: readonly number[];
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

/** A line of a capture file that says not even when it was captured. */
export interface BrokenLine {
  readonly broken: string;
}

/**
 * Reads one line of a capture file. Nothing is dropped silently: what cannot be read becomes a problem of the record,
 * or a broken line.
 */
export function decodeCaptureLine(line: string): CaptureRecord | BrokenLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { broken: `the line is not JSON: ${(error as Error).message}` };
  }
  const parsed = recordShape.safeParse(json);
  if (!parsed.success) {
    return { broken: z.prettifyError(parsed.error) };
  }
  const { captureData, eventMetadata } = parsed.data;
  const problems: string[] = [];
  const attempt = <T>(what: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const { endpointInput, endpointOutput } = captureData;
  if (endpointInput === undefined && endpointOutput === undefined) {
    problems.push('neither input nor output was captured');
  }
  const inputs = endpointInput && attempt('input', () => payloadRows(payloadOf(endpointInput)));
  const scores =
    endpointOutput &&
    attempt('output', () => scoresOf(payloadRows(payloadOf(endpointOutput)), inputs?.length));
  const uneven = inputs !== undefined && scores !== undefined && inputs.length !== scores.length;
  if (uneven) {
    problems.push(`output: ${scores.length} scores for ${inputs.length} rows`);
  }
  return {
    inferenceId: eventMetadata.inferenceId ?? eventMetadata.eventId,
    at: new Date(eventMetadata.inferenceTime),
    inputs,
    scores: uneven ? undefined : scores,
    problems,
  };
}

function payloadOf(captured: z.infer<typeof side>): Payload {
  return { data: captured.data, encoding: captured.encoding, contentType: captured.observedContentType };
}

/**
 * One finite number a row, alone or named `score`. A single list of several numbers is a score each when there were as
 * many rows; else it could as well be one row's probabilities of several classes.
 */
function scoresOf(rows: readonly Row[], inputs: number | undefined): number[] {
  const [only] = rows;
  const oneList = rows.length === 1 && isList(only) && only.length > 1 && only.length === inputs;
  const list = oneList ? only.map((value) => [value]) : rows;
  return list.map((row, i) => {
    const value = isList(row) ? (row.length === 1 ? row[0] : undefined) : row.score;
    const score = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(score)) {
      throw new Error(`row ${i} is ${JSON.stringify(row).slice(0, 80)}, expected one score`);
    }
    return score;
  });
}

function isList(row: Row | undefined): row is readonly string[] {
  return Array.isArray(row);
}
