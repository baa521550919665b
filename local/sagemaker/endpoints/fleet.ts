import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureBuffer } from '../capture/capture-buffer';
import type { Context } from '../context';
import type {
  DataCaptureConfig,
  EndpointConfig,
  Model,
  ProductionVariant,
  VariantSummary,
} from '../state/records';
import { ModelServer } from './model-server';

const DRAIN_MS = 30_000;
const DEFAULT_HEALTH_TIMEOUT_SECONDS = 240;

/** Instance count and weight that a variant has now; they may differ from its configuration's. */
export interface VariantProperties {
  readonly instanceCount: number;
  readonly weight: number;
}

/** One production variant that serves. All its instances share one process. */
export interface ServingVariant {
  readonly name: string;
  readonly instanceType: string;
  instanceCount: number;
  weight: number;
  readonly server: ModelServer;
  readonly capture?: CaptureBuffer;
}

/** The running processes of one endpoint configuration. */
export class Fleet {
  private constructor(
    private readonly context: Context,
    readonly endpoint: string,
    readonly config: EndpointConfig,
    readonly captureConfig: DataCaptureConfig | undefined,
    readonly variants: readonly ServingVariant[],
    private readonly folder: string,
  ) {}

  /**
   * Starts every variant of a configuration and waits until all are healthy.
   *
   * @param properties - instance counts and weights that replace the configuration's, by variant
   * @throws Error with the FailureReason of the endpoint; nothing is left running then
   */
  static async launch(
    context: Context,
    endpoint: string,
    config: EndpointConfig,
    properties: ReadonlyMap<string, VariantProperties> = new Map(),
    captureConfig: DataCaptureConfig | undefined = config.DataCaptureConfig,
  ): Promise<Fleet> {
    const folder = join(context.options.workDir, 'endpoints', endpoint, randomUUID().slice(0, 8));
    const started = await Promise.allSettled(
      config.ProductionVariants.map((variant) => launchServer(context, endpoint, variant, folder)),
    );
    const failed = started.find((one) => one.status === 'rejected');
    if (failed !== undefined || context.closing.signal.aborted) {
      await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.stop(0) : undefined)));
      await rm(folder, { recursive: true, force: true });
      throw failed?.reason ?? new Error('The laptop runtime is shutting down');
    }
    const variants = config.ProductionVariants.map((variant, index): ServingVariant => {
      const { clock, logger } = context.options;
      const own = properties.get(variant.VariantName);
      return {
        name: variant.VariantName,
        instanceType: variant.InstanceType,
        instanceCount: own?.instanceCount ?? variant.InitialInstanceCount,
        weight: own?.weight ?? variant.InitialVariantWeight ?? 1,
        server: (started[index] as PromiseFulfilledResult<ModelServer>).value,
        capture:
          captureConfig === undefined || captureConfig.EnableCapture === false
            ? undefined
            : new CaptureBuffer(captureConfig, endpoint, variant.VariantName, context.objects, logger, clock),
      };
    });
    return new Fleet(context, endpoint, config, captureConfig, variants, folder);
  }

  /** The variants as Describe shows them. */
  summary(): VariantSummary[] {
    return this.variants.map(({ name, instanceCount, weight }) => ({
      VariantName: name,
      CurrentWeight: weight,
      DesiredWeight: weight,
      CurrentInstanceCount: instanceCount,
      DesiredInstanceCount: instanceCount,
    }));
  }

  /** Instance counts and weights now, by variant. */
  properties(): Map<string, VariantProperties> {
    return new Map(this.variants.map(({ name, instanceCount, weight }) => [name, { instanceCount, weight }]));
  }

  /** Lets running requests end, writes what was captured, stops the processes and removes their files. */
  async retire(): Promise<void> {
    await Promise.all(this.variants.map(({ server }) => server.stop(DRAIN_MS)));
    await this.flushCapture();
    if (!this.context.closing.signal.aborted) {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** Writes what was captured and stops capturing. */
  async flushCapture(): Promise<void> {
    await Promise.all(this.variants.map(({ capture }) => capture?.close()));
  }
}

async function launchServer(
  context: Context,
  endpoint: string,
  variant: ProductionVariant,
  folder: string,
): Promise<ModelServer> {
  const model: Model | undefined = context.registry.models.get(variant.ModelName);
  if (model === undefined) {
    throw new Error(
      `Could not find model "${variant.ModelName}" of production variant ${variant.VariantName}.`,
    );
  }
  const timeout = variant.ContainerStartupHealthCheckTimeoutInSeconds ?? DEFAULT_HEALTH_TIMEOUT_SECONDS;
  return ModelServer.launch(context, {
    endpoint,
    variant: variant.VariantName,
    container: model.PrimaryContainer,
    root: join(folder, variant.VariantName, 'ml'),
    healthTimeoutMs: timeout * 1000,
  });
}
