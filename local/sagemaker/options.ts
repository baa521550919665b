import type { AlarmReader, EventSink, Logger, MetricSink, VirtualClock } from '../runtime/services';
import type { ObjectStore } from './storage/object-store';

/**
 * What runs on the laptop in place of a container image. In every word `{python}` stands for the Python of the
 * runtime's virtual environment and `{toolkit}` for the folder of the container toolkit.
 */
export interface ImageCommands {
  /** Runs a training job that names no entry point, as `docker run <image> train` does. @default - can't train */
  readonly train?: readonly string[];
  /** Serves a model, as `docker run <image> serve` does. @default - can't serve */
  readonly serve?: readonly string[];
  /**
   * What the programs that entry points name are on this machine, such as `python3`.
   * @default - entry points are refused
   */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Image URI patterns (`*` stands for anything), first match wins. */
export type ImageManifest = Readonly<Record<string, ImageCommands>>;

/** How a job or model sees /opt/ml: really there (private mounts), or with paths rewritten to its own folder. */
export type Isolation = 'namespace' | 'rewrite';

/** What the SageMaker service needs of the runtime around it. */
export interface SageMakerServiceOptions {
  readonly clock: VirtualClock;
  readonly region: string;
  readonly accountId: string;
  /** Where S3 and CloudWatch Logs answer: the gateway. */
  readonly endpointUrl: string;
  /** Folder for job files, models and logs; made when missing. */
  readonly workDir: string;
  /** Python of the virtual environment. */
  readonly python: string;
  readonly metrics: MetricSink;
  readonly alarms: AlarmReader;
  readonly events: EventSink;
  readonly logger: Logger;
  /** Patterns that come before the default ones. @default - only the scikit-learn images of SageMaker */
  readonly images?: ImageManifest;
  /** Where job inputs come from and results go. @default - S3 at `endpointUrl` */
  readonly objects?: ObjectStore;
  /** @default - private mounts when the kernel allows them, else rewritten paths */
  readonly isolation?: Isolation;
  /** Real seconds that a job has between SIGTERM and SIGKILL. @default 120 */
  readonly stopGraceSeconds?: number;
  /** Real seconds that a model has to answer a request. @default 60 */
  readonly invocationTimeoutSeconds?: number;
  /** Also send the logs of jobs and endpoints to CloudWatch Logs at `endpointUrl`. @default true */
  readonly cloudWatchLogs?: boolean;
  /**
   * Keep models, configurations, endpoints and jobs in `workDir` and take them up again at the next start. Set it
   * only when what `endpointUrl` holds survives too.
   * @default false
   */
  readonly restore?: boolean;
}
