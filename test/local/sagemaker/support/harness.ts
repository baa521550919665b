import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClock } from '../../../../local/runtime/clock';
import type { AlarmState, BusEvent, MetricDatum } from '../../../../local/runtime/services';
import {
  createSageMakerService,
  type SageMakerService,
  type SageMakerServiceOptions,
} from '../../../../local/sagemaker';
import { FolderStore } from './folder-store';

export const PYTHON = resolve(__dirname, '../../../../.venv/bin/python');
export const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';
export const ROLE = 'arn:aws:iam::000000000000:role/execution';
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** An answer of the control plane. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many shapes; each test looks at its own.
  readonly body: any;
}

/** A service with everything around it in memory or in one temporary folder. */
export class Harness {
  readonly metrics: MetricDatum[] = [];
  readonly events: BusEvent[] = [];
  readonly errors: string[] = [];
  readonly alarms = new Map<string, AlarmState>();
  readonly store: FolderStore;
  readonly service: SageMakerService;

  constructor(
    readonly folder: string,
    options: Partial<SageMakerServiceOptions>,
  ) {
    this.store = new FolderStore(join(folder, 's3'));
    this.service = createSageMakerService({
      clock: createClock({ epochMs: Date.now(), speed: 600 }),
      region: REGION,
      accountId: ACCOUNT,
      endpointUrl: 'http://127.0.0.1:9',
      workDir: join(folder, 'work'),
      python: PYTHON,
      metrics: { put: async (data) => void this.metrics.push(...data) },
      alarms: {
        states: async (names) =>
          new Map(
            names.flatMap((name) => {
              const state = this.alarms.get(name);
              return state === undefined ? [] : [[name, state] as const];
            }),
          ),
      },
      events: { put: async (events) => void this.events.push(...events) },
      logger: {
        info: () => undefined,
        error: (message, fields) => void this.errors.push(`${message} ${JSON.stringify(fields)}`),
      },
      objects: this.store,
      stopGraceSeconds: 1,
      cloudWatchLogs: false,
      ...options,
    });
  }

  static async create(options: Partial<SageMakerServiceOptions> = {}): Promise<Harness> {
    return new Harness(await mkdtemp(join(tmpdir(), 'sagemaker-test-')), options);
  }

  /** Calls an operation and returns whatever comes back. */
  async send(operation: string, input: object | string): Promise<Answer> {
    const answer = await this.service.handle({
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'x-amz-target': `SageMaker.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)),
    });
    const text = `${answer?.body ?? ''}`;
    return { status: answer!.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Calls an operation that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: see Answer.
  async call(operation: string, input: object): Promise<any> {
    const { status, body } = await this.send(operation, input);
    if (status !== 200) {
      throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`);
    }
    return body;
  }

  /** The error that an operation must give. */
  async refusal(operation: string, input: object | string): Promise<{ code: string; message: string }> {
    const { status, body } = await this.send(operation, input);
    if (status === 200) {
      throw new Error(`${operation} was accepted`);
    }
    return { code: body.__type, message: body.message };
  }

  /** Invokes an endpoint. */
  async invoke(endpoint: string, body: string | Buffer, headers: Record<string, string> = {}) {
    const answer = await this.service.handle({
      method: 'POST',
      path: `/endpoints/${endpoint}/invocations`,
      query: new URLSearchParams(),
      headers: { 'content-type': 'text/csv', accept: 'text/csv', ...headers },
      body: Buffer.from(body),
    });
    return { status: answer!.status, headers: answer!.headers ?? {}, body: `${answer!.body}` };
  }

  /** Describes until a condition holds; fails with the last answer after `timeoutMs`. */
  async until(
    operation: string,
    input: object,
    // biome-ignore lint/suspicious/noExplicitAny: see Answer.
    holds: (body: any) => boolean,
    timeoutMs = 15_000,
    // biome-ignore lint/suspicious/noExplicitAny: see Answer.
  ): Promise<any> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const body = await this.call(operation, input);
      if (holds(body)) {
        return body;
      }
      if (Date.now() > deadline) {
        throw new Error(
          `${operation} still answers ${JSON.stringify(body)}; errors: ${this.errors.join('; ')}`,
        );
      }
      await new Promise((resolvePause) => setTimeout(resolvePause, 20));
    }
  }

  async trainingEnded(name: string) {
    return this.until('DescribeTrainingJob', { TrainingJobName: name }, ({ TrainingJobStatus }) =>
      ['Completed', 'Failed', 'Stopped'].includes(TrainingJobStatus),
    );
  }

  async processingEnded(name: string) {
    return this.until('DescribeProcessingJob', { ProcessingJobName: name }, ({ ProcessingJobStatus }) =>
      ['Completed', 'Failed', 'Stopped'].includes(ProcessingJobStatus),
    );
  }

  async endpointSettled(name: string) {
    return this.until('DescribeEndpoint', { EndpointName: name }, ({ EndpointStatus }) =>
      ['InService', 'Failed'].includes(EndpointStatus),
    );
  }

  async close(): Promise<void> {
    await this.service.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
