import { randomUUID } from 'node:crypto';
import type { Logger, VirtualClock } from '../../runtime/services';
import type { DataCaptureConfig } from '../state/records';
import type { ObjectStore } from '../storage/object-store';
import { joinS3Uri, parseS3Uri } from '../storage/s3-uri';
import { type Answered, captureFileName, captureFolder, captureLine } from './record';

const FLUSH_VIRTUAL_MS = 20_000;
const LEAST_FLUSH_REAL_MS = 1000;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Collects the capture records of one variant and writes them as files: every 20 virtual seconds (but not more
 * often than once a real second), when 4 MiB have come together, when the hour changes, and at the end.
 */
export class CaptureBuffer {
  private lines: string[] = [];
  private bytes = 0;
  private first?: Date;
  private folder?: string;
  private writes: Promise<void> = Promise.resolve();
  private readonly timer: { stop(): void };

  constructor(
    private readonly config: DataCaptureConfig,
    private readonly endpoint: string,
    private readonly variant: string,
    private readonly objects: ObjectStore,
    private readonly logger: Logger,
    clock: VirtualClock,
  ) {
    const period = Math.max(FLUSH_VIRTUAL_MS, LEAST_FLUSH_REAL_MS * clock.speed);
    this.timer = clock.every(period, () => this.flush());
  }

  add(answered: Answered): void {
    const folder = captureFolder(this.endpoint, this.variant, answered.at);
    if (this.folder !== undefined && this.folder !== folder) {
      void this.flush();
    }
    const line = `${captureLine(this.config, answered)}\n`;
    this.folder = folder;
    this.first ??= answered.at;
    this.lines.push(line);
    this.bytes += Buffer.byteLength(line);
    if (this.bytes >= MOST_BYTES) {
      void this.flush();
    }
  }

  /** Resolves when everything that was added before is written; a failed write is logged and not repeated. */
  flush(): Promise<void> {
    const { lines, first, folder } = this;
    if (lines.length > 0) {
      this.lines = [];
      this.bytes = 0;
      this.first = undefined;
      this.folder = undefined;
      const uri = joinS3Uri(this.config.DestinationS3Uri, folder!, captureFileName(first!, randomUUID()));
      this.writes = this.writes.then(() => this.write(uri, lines.join('')));
    }
    return this.writes;
  }

  /** Writes what is left and stops. */
  close(): Promise<void> {
    this.timer.stop();
    return this.flush();
  }

  private async write(uri: string, text: string): Promise<void> {
    const { bucket, key } = parseS3Uri(uri);
    try {
      await this.objects.put(bucket, key, text, 'application/jsonlines');
    } catch (error) {
      this.logger.error('Captured requests could not be written', { uri, error: `${error}` });
    }
  }
}
