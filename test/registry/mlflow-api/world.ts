import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactStore } from '../../../lambdas/registry/mlflow-api/artifacts/artifact-store';
import { composeService } from '../../../lambdas/registry/mlflow-api/compose';
import { createDispatch, type Dispatch } from '../../../lambdas/registry/mlflow-api/dispatch';
import type { ApiResponse } from '../../../lambdas/registry/mlflow-api/http';
import type { TrackingService } from '../../../lambdas/registry/mlflow-api/service';
import { processChangeLog } from '../../../lambdas/registry/tracking/change-log';
import { FixedClock } from '../../../lambdas/shared/clock';
import { localArtifacts } from '../../../local/tracking/artifacts';
import { createTable } from '../../../local/tracking/table';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: replies have as many shapes as there are endpoints
  readonly body: any;
  readonly response: ApiResponse;
}

/** The whole API on a table in memory and a folder of artifacts. */
export class World {
  readonly clock = new FixedClock('2026-11-23T12:00:00Z');
  readonly folder = mkdtempSync(join(tmpdir(), 'flywheel-mlflow-api-'));
  readonly errors: unknown[] = [];
  private readonly table = createTable({ now: () => this.clock.now().getTime() });
  readonly service: TrackingService;
  private readonly dispatch: Dispatch;

  /** @param artifacts - @default - a folder of its own, proxied */
  constructor(artifacts?: ArtifactStore) {
    this.service = composeService({
      client: this.table.client,
      tableName: 'registry',
      artifacts: artifacts ?? localArtifacts('mlflow-artifacts:/', this.folder),
      clock: this.clock,
      changes: processChangeLog('test'),
    });
    this.dispatch = createDispatch({
      service: this.service,
      logger: { error: (message, extra) => this.errors.push({ message, ...extra }) },
    });
  }

  /** A POST of JSON below `/api/2.0/mlflow/`. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', `/api/2.0/mlflow/${path}`, { body, headers });
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.send('PATCH', `/api/2.0/mlflow/${path}`, { body });
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.send('DELETE', `/api/2.0/mlflow/${path}`, { body });
  }

  get(path: string, query: Record<string, string | readonly string[]> = {}): Promise<Answer> {
    return this.send('GET', `/api/2.0/mlflow/${path}`, { query });
  }

  async send(
    method: string,
    path: string,
    given: {
      body?: unknown;
      query?: Record<string, string | readonly string[]>;
      headers?: Record<string, string>;
    } = {},
  ): Promise<Answer> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(given.query ?? {})) {
      for (const each of [value].flat()) query.append(name, each as string);
    }
    const { body } = given;
    const response = await this.dispatch({
      method,
      path,
      rawQuery: query.toString(),
      headers: { 'content-type': 'application/json', ...given.headers },
      body: Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      principal: 'ana',
    });
    const isJson =
      response.headers['content-type'] === 'application/json' && typeof response.body === 'string';
    return {
      status: response.status,
      body: isJson ? JSON.parse(response.body as string) : response.body,
      response,
    };
  }

  /** The id of a new run. */
  async run(given: object = {}): Promise<string> {
    const { body } = await this.post('runs/create', { start_time: 1000, ...given });
    return body.run.info.run_id;
  }

  close(): void {
    this.table.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
