import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { composeService } from '../../lambdas/registry/mlflow-api/compose';
import { createDispatch } from '../../lambdas/registry/mlflow-api/dispatch';
import { processChangeLog } from '../../lambdas/registry/tracking/change-log';
import { localArtifacts } from './artifacts';
import { findUi } from './find-ui';
import { createTrackingServer, listen } from './server';
import { StaticFiles } from './static-files';
import { createTable } from './table';

export interface TrackingOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** What experiments get their artifact location below: a folder, `s3://...` or `mlflow-artifacts:/`. */
  readonly defaultArtifactRoot: string;
  /** Folder or `s3://...` behind `mlflow-artifacts:/`. @default - nothing is proxied */
  readonly artifactsDestination?: string;
  /** Folder that keeps experiments, runs and models. @default - they are gone with the server */
  readonly data?: string;
  /** MLflow's web UI: where it is, or `true` to look for it. @default - it is not served */
  readonly ui?: string | true;
}

export interface TrackingServer {
  readonly url: string;
  /** Ends open requests and gives port and folder back. */
  stop(): Promise<void>;
}

/** How long requests may go on after the server is told to stop. */
const GRACE_MS = 2000;
/** Holds the indexes of about 500,000 runs of 90 entries. */
const SEARCH_MEMORY_BYTES = 1_000_000_000;

/**
 * Starts the tracking server of a laptop: the API's own handlers on a table in this process.
 *
 * @throws Error when the port or the folder is taken, the UI is missing, or an artifact location is not served.
 */
export async function startTracking(options: TrackingOptions): Promise<TrackingServer> {
  const artifacts = localArtifacts(options.defaultArtifactRoot, options.artifactsDestination);
  const ui = options.ui === undefined ? undefined : findUi(options.ui === true ? undefined : options.ui);
  const table = createTable(options.data === undefined ? {} : { directory: join(options.data, 'table') });
  try {
    const service = composeService({
      client: table.client,
      tableName: 'tracking',
      artifacts,
      changes: processChangeLog(randomUUID()),
      buildsAhead: true,
      searchMemoryBytes: SEARCH_MEMORY_BYTES,
    });
    // Default is made at the first call that sees it; make it now, so that no client waits for it.
    await service.tracking.getExperiment('0');
    const logger = {
      error: (message: string, extra: Record<string, unknown>) =>
        process.stderr.write(`flywheel tracking: ${message} ${JSON.stringify(extra)}\n`),
    };
    const server = createTrackingServer({
      dispatch: createDispatch({ service, logger }),
      ui: ui === undefined ? undefined : await StaticFiles.open(ui),
    });
    const port = await listen(server, options.port);
    return {
      url: `http://127.0.0.1:${port}`,
      stop: async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        await closed;
        clearTimeout(timer);
        table.close();
      },
    };
  } catch (error) {
    table.close();
    throw error;
  }
}
