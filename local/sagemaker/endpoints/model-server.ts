import { randomUUID } from 'node:crypto';
import { setTimeout as realDelay } from 'node:timers/promises';
import type { Context } from '../context';
import { makeFolderOf } from '../jobs/job-folder';
import type { Child } from '../processes/child';
import { rewriteValues } from '../processes/container-paths';
import { containerEnvironment } from '../processes/environment';
import { mainCommand, supervised } from '../processes/image-manifest';
import type { ContainerDefinition } from '../state/records';
import { freePort } from './free-port';
import { type ModelAnswer, ModelClient } from './model-client';
import { placeModel } from './model-files';

const PING_EVERY_MS = 50;
const RESTART_AFTER_MS = 1000;
const STOP_GRACE_MS = 30_000;
const PORT_TAKEN = 98;
const PORT_ATTEMPTS = 5;

/** What a model server needs to know. */
export interface ModelServerSpec {
  readonly endpoint: string;
  readonly variant: string;
  readonly container: ContainerDefinition;
  /** The container's /opt/ml on this machine. */
  readonly root: string;
  /** Real milliseconds that the model has to answer its first ping. */
  readonly healthTimeoutMs: number;
}

/** The process that serves one production variant. It is started again when it ends by itself. */
export class ModelServer {
  private child?: Child;
  private client?: ModelClient;
  private stopping = false;
  private inFlight = 0;

  private readonly log: (line: string) => void;

  private constructor(
    private readonly context: Context,
    private readonly spec: ModelServerSpec,
  ) {
    const id = randomUUID().slice(0, 8);
    this.log = context.logStream(`Endpoints/${spec.endpoint}`, `${spec.variant}/i-${id}`);
  }

  /**
   * Places the model's files, starts the process and waits for its first good ping.
   *
   * @throws Error with the FailureReason of the endpoint
   */
  static async launch(context: Context, spec: ModelServerSpec): Promise<ModelServer> {
    const server = new ModelServer(context, spec);
    await placeModel(context.objects, spec.container.ModelDataUrl, spec.root);
    await makeFolderOf(server.logFile);
    try {
      await server.start();
    } catch (error) {
      await server.stop(0);
      throw error;
    }
    void server.keepRunning();
    return server;
  }

  /** File with what the model prints. */
  get logFile(): string {
    return this.context.logFile('Endpoints', `${this.spec.endpoint}/${this.spec.variant}`);
  }

  /** Process id; undefined while it is not running. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** @throws ModelTimeout, or Error when the model can't be reached */
  async invoke(headers: Readonly<Record<string, string>>, body: Buffer): Promise<ModelAnswer> {
    this.inFlight += 1;
    try {
      if (this.client === undefined) {
        throw new Error('the model process is not running');
      }
      return await this.client.invoke(headers, body, this.context.invocationTimeoutMs);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Lets running requests end (for at most `drainMs` real milliseconds), then stops the process. */
  async stop(drainMs: number): Promise<void> {
    this.stopping = true;
    const deadline = performance.now() + drainMs;
    while (this.inFlight > 0 && performance.now() < deadline) {
      await realDelay(20);
    }
    await this.child?.terminate(STOP_GRACE_MS);
    this.client?.close();
  }

  private async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const child = await this.spawn(port);
      const client = new ModelClient(port);
      this.child = child;
      const healthy = await this.becomesHealthy(child, client);
      if (healthy) {
        this.client = client;
        return;
      }
      client.close();
      const exit = child.pid === undefined ? await child.exited : undefined;
      if (exit?.code !== PORT_TAKEN || attempt === PORT_ATTEMPTS) {
        throw new Error(pingFailure(this.spec.variant));
      }
    }
  }

  private async spawn(port: number): Promise<Child> {
    const { context, spec } = this;
    const { region, accountId, endpointUrl, python } = context.options;
    const view = await context.host.view(spec.root, true);
    const command = supervised(
      mainCommand(spec.container.Image!, 'serve', context.images, context.places),
      context.places,
    );
    const environment = spec.container.Environment ?? {};
    return context.processes.start({
      command: view.wrap(command),
      cwd: spec.root,
      logFile: this.logFile,
      onLine: this.log,
      env: containerEnvironment(
        { python, region, accountId, endpointUrl, base: view.base, host: process.env },
        {
          ...(view.base === spec.root ? rewriteValues(environment, view.base) : environment),
          SAGEMAKER_BIND_TO_PORT: `${port}`,
        },
      ),
    });
  }

  private async becomesHealthy(child: Child, client: ModelClient): Promise<boolean> {
    const deadline = performance.now() + this.spec.healthTimeoutMs;
    while (child.pid !== undefined && performance.now() < deadline && !this.stopping) {
      if (await client.ping()) {
        return true;
      }
      await realDelay(PING_EVERY_MS);
    }
    return false;
  }

  private async keepRunning(): Promise<void> {
    while (!this.stopping) {
      const exit = await this.child!.exited;
      this.client?.close();
      this.client = undefined;
      if (this.stopping || this.context.closing.signal.aborted) {
        return;
      }
      const { endpoint, variant } = this.spec;
      this.context.options.logger.error(
        `The model of ${endpoint}/${variant} ended (exit code ${exit.code})`,
        {
          log: this.logFile,
        },
      );
      await realDelay(RESTART_AFTER_MS);
      if (!this.stopping) {
        await this.start().catch(() => this.child?.kill());
      }
    }
  }
}

/** FailureReason of an endpoint whose model does not become healthy. */
export function pingFailure(variant: string): string {
  return (
    `The primary container for production variant ${variant} did not pass the ping health check. ` +
    'Please check CloudWatch logs for this endpoint.'
  );
}
