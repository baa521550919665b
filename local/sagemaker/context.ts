import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BusEvent } from '../runtime/services';
import { type ChangeKind, stateChangeEvent } from './control-plane/state-events';
import { LogStream } from './logs/log-stream';
import { LogsClient } from './logs/logs-client';
import type { ImageManifest, SageMakerServiceOptions } from './options';
import { ContainerHost, TOOLKIT } from './processes/container-host';
import { DEFAULT_IMAGES, type Places } from './processes/image-manifest';
import { ProcessTable } from './processes/process-table';
import { createRegistry, type Registry } from './state/registry';
import { secondsNow } from './state/time';
import type { ObjectStore } from './storage/object-store';
import { s3ObjectStore } from './storage/s3-object-store';

const DEFAULT_STOP_GRACE_SECONDS = 120;
const DEFAULT_INVOCATION_TIMEOUT_SECONDS = 60;

/** What all parts of the service share. */
export class Context {
  readonly registry: Registry;
  readonly objects: ObjectStore;
  readonly processes = new ProcessTable();
  readonly host: ContainerHost;
  readonly images: ImageManifest;
  readonly places: Places;
  /** Real milliseconds. */
  readonly stopGraceMs: number;
  /** Real milliseconds. */
  readonly invocationTimeoutMs: number;
  /** Aborted when the service closes; waits end with it and nothing is written any more. */
  readonly closing = new AbortController();
  private events: Promise<void> = Promise.resolve();
  private readonly logs = new Set<LogStream>();
  private readonly logsClient: LogsClient;

  constructor(readonly options: SageMakerServiceOptions) {
    // What a killed runtime left of its fleets; nothing uses it any more.
    rmSync(join(options.workDir, 'endpoints'), { recursive: true, force: true });
    this.registry = createRegistry(options.restore === true ? join(options.workDir, 'state') : undefined);
    this.objects = options.objects ?? s3ObjectStore(options.endpointUrl, options.region, options.accountId);
    this.logsClient = new LogsClient(options.endpointUrl, options.region, options.accountId);
    this.host = new ContainerHost(options.isolation);
    this.images = { ...options.images, ...DEFAULT_IMAGES, ...options.images };
    this.places = { python: options.python, toolkit: TOOLKIT };
    this.stopGraceMs = (options.stopGraceSeconds ?? DEFAULT_STOP_GRACE_SECONDS) * 1000;
    this.invocationTimeoutMs =
      (options.invocationTimeoutSeconds ?? DEFAULT_INVOCATION_TIMEOUT_SECONDS) * 1000;
  }

  /** Virtual seconds since the epoch. */
  now(): number {
    return secondsNow(this.options.clock);
  }

  /** Puts a state change on the bus, in the order of the changes; a bus that is down is logged, not fatal. */
  announce(kind: ChangeKind, arn: string, described: object): void {
    const tags = this.registry.tags.get(arn)?.tags ?? [];
    const event: BusEvent = {
      ...stateChangeEvent(kind, arn, described, tags),
      time: this.options.clock.now(),
    };
    this.events = this.events.then(async () => {
      if (this.closing.signal.aborted) {
        return;
      }
      try {
        await this.options.events.put([event]);
      } catch (error) {
        this.options.logger.error(`SageMaker could not put "${event.detailType}" on the bus`, {
          error: `${error}`,
        });
      }
    });
  }

  /** File that collects the output of a job or a variant. */
  logFile(group: 'TrainingJobs' | 'ProcessingJobs' | 'Endpoints', name: string): string {
    return join(this.options.workDir, 'logs', group, `${name}.log`);
  }

  /** Where the lines of a job or variant go in CloudWatch Logs; does nothing when that is switched off. */
  logStream(group: string, stream: string): (line: string) => void {
    const { clock, logger, cloudWatchLogs } = this.options;
    if (cloudWatchLogs === false) {
      return () => undefined;
    }
    const made = new LogStream(this.logsClient, `/aws/sagemaker/${group}`, stream, clock, logger);
    this.logs.add(made);
    return made.write;
  }

  /** Sends the lines that still wait. */
  async flushLogs(): Promise<void> {
    await Promise.all([...this.logs].map((stream) => stream.flush()));
  }
}
