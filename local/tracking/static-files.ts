import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { ApiResponse } from '../../lambdas/registry/mlflow-api/http';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.ico', 'image/x-icon'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json'],
  ['.map', 'application/json'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.ttf', 'font/ttf'],
  ['.wasm', 'application/wasm'],
  ['.woff', 'font/woff'],
  ['.woff2', 'font/woff2'],
]);
const PREFIX = '/static-files/';
/** Names hold a hash of the content: 28 days, as MLflow's own server says. */
const FOR_WEEKS = 'public, max-age=2419200';

/** MLflow's web UI: a page that finds its parts below `static-files/`. */
export class StaticFiles {
  private constructor(private readonly folder: string) {}

  /** @param folder - with `index.html`. @throws Error when it has none. */
  static async open(folder: string): Promise<StaticFiles> {
    await stat(join(folder, 'index.html'));
    return new StaticFiles(await realpath(folder));
  }

  /** @returns undefined for what is no file of the UI. */
  async find(path: string): Promise<ApiResponse | undefined> {
    if (path === '/' || path === '/index.html') return this.answer('index.html', 'no-cache');
    return path.startsWith(PREFIX) ? this.answer(path.slice(PREFIX.length), FOR_WEEKS) : undefined;
  }

  private async answer(name: string, caching: string): Promise<ApiResponse | undefined> {
    try {
      const file = await realpath(join(this.folder, decodeURIComponent(name)));
      if (!file.startsWith(this.folder + sep)) return undefined;
      const found = await stat(file);
      if (!found.isFile()) return undefined;
      return {
        status: 200,
        headers: {
          'content-type': TYPES.get(extname(file)) ?? 'application/octet-stream',
          'content-length': String(found.size),
          'cache-control': caching,
          'x-content-type-options': 'nosniff',
        },
        body: createReadStream(file),
      };
    } catch {
      return undefined;
    }
  }
}
