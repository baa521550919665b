import type { DataCaptureConfig } from '../state/records';

/** One answered request, as capture sees it. */
export interface Answered {
  readonly eventId: string;
  readonly at: Date;
  readonly input: { readonly contentType?: string; readonly body: Buffer };
  readonly output: { readonly contentType?: string; readonly body: Buffer };
  readonly inferenceId?: string;
  readonly customAttributes?: string;
}

/** Whether a request is captured. @param random - in [0, 1) */
export function isSampled(
  config: DataCaptureConfig | undefined,
  random: number,
): config is DataCaptureConfig {
  return (
    config !== undefined && config.EnableCapture !== false && random * 100 < config.InitialSamplingPercentage
  );
}

/** The line of a capture file, without its end. */
export function captureLine(config: DataCaptureConfig, answered: Answered): string {
  const wants = (side: 'Input' | 'Output') =>
    config.CaptureOptions.some(({ CaptureMode }) => CaptureMode === side || CaptureMode === 'InputAndOutput');
  const { eventId, at, inferenceId, customAttributes } = answered;
  return JSON.stringify({
    captureData: {
      ...(wants('Input') ? { endpointInput: side('INPUT', answered.input, config) } : {}),
      ...(wants('Output') ? { endpointOutput: side('OUTPUT', answered.output, config) } : {}),
    },
    eventMetadata: {
      eventId,
      ...(customAttributes === undefined ? {} : { customAttributes: [customAttributes] }),
      ...(inferenceId === undefined ? {} : { inferenceId }),
      inferenceTime: `${at.toISOString().slice(0, 19)}Z`,
    },
    eventVersion: '0',
  });
}

/** Where the records of an hour go: `<endpoint>/<variant>/yyyy/mm/dd/hh` below the destination. */
export function captureFolder(endpoint: string, variant: string, at: Date): string {
  const [date, time] = at.toISOString().split('T') as [string, string];
  return [endpoint, variant, ...date.split('-'), time.slice(0, 2)].join('/');
}

/** SageMaker names capture files by minute, second and millisecond of their first record. */
export function captureFileName(at: Date, id: string): string {
  return `${at.toISOString().slice(14, 23).replace(/[:.]/g, '-')}-${id}.jsonl`;
}

function side(
  mode: 'INPUT' | 'OUTPUT',
  { contentType, body }: Answered['input'],
  config: DataCaptureConfig,
): object {
  const encoding = encodingOf(contentType, config);
  return {
    ...(contentType === undefined ? {} : { observedContentType: contentType }),
    mode,
    data: body.toString(encoding === 'BASE64' ? 'base64' : 'utf8'),
    encoding,
  };
}

function encodingOf(contentType: string | undefined, config: DataCaptureConfig): 'CSV' | 'JSON' | 'BASE64' {
  const bare = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  const lists = config.CaptureContentTypeHeader;
  const has = (types: readonly string[] | undefined) =>
    types?.some((type) => type.toLowerCase() === bare) ?? false;
  if (has(lists?.CsvContentTypes)) {
    return 'CSV';
  }
  return has(lists?.JsonContentTypes) ? 'JSON' : 'BASE64';
}
