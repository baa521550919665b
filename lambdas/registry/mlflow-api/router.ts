import type { Endpoint } from './endpoint';
import { ApiError } from './errors';

/** Where an endpoint answers: the API of clients and the web UI's, the web UI's alone, or below no prefix. */
export type Prefix = 'api' | 'ajax' | 'bare';

/** One line of the table: `{name}` stands for one segment of the path, `{name...}` for all that are left. */
export type Route = readonly [
  method: string,
  prefix: Prefix,
  version: string,
  path: string,
  endpoint: Endpoint,
];

export interface Match {
  readonly endpoint: Endpoint;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly method: string;
  readonly expression: RegExp;
  readonly endpoint: Endpoint;
}

/** Finds the endpoint of a path as it came: nothing is decoded or collapsed before it is found. */
export class Router {
  private readonly exact = new Map<string, Endpoint>();
  private readonly patterns: Pattern[] = [];

  constructor(routes: readonly Route[]) {
    for (const [method, prefix, version, path, endpoint] of routes) {
      for (const full of fullPaths(prefix, version, path)) {
        if (path.includes('{')) this.patterns.push({ method, expression: expressionOf(full), endpoint });
        else this.exact.set(`${method} ${full}`, endpoint);
      }
    }
  }

  /** @throws ApiError when a segment of the path is not well encoded. */
  find(method: string, path: string): Match | undefined {
    const exact = this.exact.get(`${method} ${path}`);
    if (exact !== undefined) return { endpoint: exact, pathParameters: {} };
    for (const pattern of this.patterns) {
      if (pattern.method !== method) continue;
      const found = pattern.expression.exec(path);
      if (found !== null) {
        return { endpoint: pattern.endpoint, pathParameters: decoded(found.groups ?? {}) };
      }
    }
    return undefined;
  }
}

function fullPaths(prefix: Prefix, version: string, path: string): string[] {
  if (prefix === 'bare') return [path];
  const ajax = `/ajax-api/${version}${path}`;
  return prefix === 'ajax' ? [ajax] : [`/api/${version}${path}`, ajax];
}

function expressionOf(path: string): RegExp {
  const source = path
    .replace(/[.]/g, '\\$&')
    .replace(/\{(\w+)\\\.\\\.\\\.\}/g, '(?<$1>.+)')
    .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`, 's');
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        throw new ApiError('BAD_REQUEST', `The path is not well encoded at "${value.slice(0, 200)}".`);
      }
    }),
  );
}
