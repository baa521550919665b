import type { Readable } from 'node:stream';

/** A request to the tracking API, however it arrived. */
export interface ApiRequest {
  /** In capitals. */
  readonly method: string;
  /** As it came: percent-encoded, without the stage and the query. */
  readonly path: string;
  /** What follows the `?`, as it came; empty without one. */
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty when there is none. */
  readonly body: Buffer;
  /** The body of an upload that was not read before. @default - it is in `body` */
  readonly stream?: Readable;
  /** Who asks: an ARN, the subject of a token, or `local` on a laptop. Recorded with every change. */
  readonly principal: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

/** An answer of JSON. Fields that are undefined are left out, as protobuf leaves out what is not set. */
export function json(status: number, body: unknown): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export function text(status: number, body: string): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
