import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { NoSuchKey, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/** One version of an object in memory. */
export interface StoredVersion {
  readonly key: string;
  readonly versionId: string;
  readonly body: Buffer;
  readonly deleted: boolean;
  readonly at: Date;
  /** Whether S3 keeps a SHA-256 of it. */
  readonly sha256: boolean;
}

interface Upload {
  readonly id: string;
  readonly key: string;
  readonly parts: Map<number, Buffer>;
}

// biome-ignore lint/suspicious/noExplicitAny: the inputs of commands are looked at by name
type Input = any;

const named = (name: string): Error => Object.assign(new Error(name), { name });
const noSuchKey = (): Error => new NoSuchKey({ message: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
const preconditionFailed = (): Error =>
  new S3ServiceException({
    name: 'PreconditionFailed',
    $fault: 'client',
    $metadata: { httpStatusCode: 412 },
  });
const base64Sha256 = (body: Buffer) => createHash('sha256').update(body).digest('base64');

/** A versioned bucket behind the commands that staging, `get` and `gc` send. Every command is recorded. */
export class FakeBucket {
  readonly versions: StoredVersion[] = [];
  readonly requests: { readonly name: string; readonly input: Input }[] = [];
  readonly uploads: Upload[] = [];
  /** What happens to bytes that are copied. */
  damage: (key: string, body: Buffer) => Buffer = (_, body) => body;
  /** After how many bytes of a body the connection is lost. */
  cutBody: (key: string) => number | undefined = () => undefined;
  /** Throws, to fail a request. */
  before: (name: string, input: Input) => void | Promise<void> = () => {};
  /** Whether copies and heads tell checksums. */
  tellsChecksums = true;
  private counter = 0;

  constructor(readonly name = 'lake') {}

  get client(): S3Client {
    return { send: (command: Input) => this.send(command.constructor.name, command.input) } as never;
  }

  put(key: string, body: string | Uint8Array): StoredVersion {
    this.counter += 1;
    const version = {
      ...{ key, versionId: `v${this.counter}`, body: Buffer.from(body), deleted: false, sha256: true },
      at: new Date(1_000_000 + this.counter * 1000),
    };
    this.versions.push(version);
    return version;
  }

  delete(key: string): void {
    this.put(key, '');
    this.versions.push({ ...this.versions.pop()!, deleted: true });
  }

  /** The newest version of a key, unless it is deleted. */
  latest(key: string): StoredVersion | undefined {
    const newest = this.versions.filter((version) => version.key === key).at(-1);
    return newest === undefined || newest.deleted ? undefined : newest;
  }

  keys(prefix = ''): string[] {
    const all = new Set(this.versions.map(({ key }) => key));
    return [...all].filter((key) => key.startsWith(prefix) && this.latest(key) !== undefined).sort();
  }

  count(name: string): number {
    return this.requests.filter((request) => request.name === name).length;
  }

  private async send(command: string, input: Input): Promise<unknown> {
    const name = command.replace(/Command$/, '');
    this.requests.push({ name, input });
    await this.before(name, input);
    const handler = (this as unknown as Record<string, ((input: Input) => unknown) | undefined>)[`on${name}`];
    if (handler === undefined) throw new Error(`The fake bucket knows no ${name}.`);
    return handler.call(this, input);
  }

  private source(copySource: string): StoredVersion {
    const [path = '', query = ''] = copySource.split('?versionId=');
    const key = decodeURIComponent(path.slice(path.indexOf('/') + 1));
    return this.version(key, decodeURIComponent(query));
  }

  private version(key: string, versionId: string | undefined): StoredVersion {
    if (versionId === undefined) {
      const newest = this.latest(key);
      if (newest === undefined) throw noSuchKey();
      return newest;
    }
    const found = this.versions.find((one) => one.key === key && one.versionId === versionId);
    if (found === undefined) throw named('NoSuchVersion');
    return found;
  }

  private checksums(version: StoredVersion): Input {
    return this.tellsChecksums && version.sha256 ? { ChecksumSHA256: base64Sha256(version.body) } : {};
  }

  protected onPutObject({ Key, Body, IfNoneMatch }: Input) {
    if (IfNoneMatch === '*' && this.latest(Key) !== undefined) throw preconditionFailed();
    return { VersionId: this.put(Key, Body).versionId };
  }

  protected onCopyObject({ Key, CopySource }: Input) {
    const copied = this.put(Key, this.damage(Key, this.source(CopySource).body));
    return { CopyObjectResult: this.checksums(copied) };
  }

  protected onHeadObject({ Key }: Input) {
    const found = this.latest(Key);
    if (found === undefined) throw named('NotFound');
    return { ContentLength: found.body.length, ...this.checksums(found) };
  }

  protected onGetObject({ Key, VersionId, Range }: Input) {
    const { body } = this.version(Key, VersionId);
    const from = Range === undefined ? 0 : Number(/bytes=(\d+)-/.exec(Range)?.[1]);
    const bytes = body.subarray(from);
    const Body = Object.assign(Readable.from(chunks(bytes, this.cutBody(Key))), {
      transformToByteArray: async () => new Uint8Array(bytes),
      transformToString: async () => bytes.toString('utf8'),
    });
    return { Body, ContentLength: body.length - from };
  }

  protected onListObjectsV2({ Prefix = '', MaxKeys = 1000 }: Input) {
    const keys = this.keys(Prefix).slice(0, MaxKeys);
    return { KeyCount: keys.length, Contents: keys.map((Key) => ({ Key })) };
  }

  protected onCreateMultipartUpload({ Key }: Input) {
    const id = `upload-${this.uploads.length + 1}`;
    this.uploads.push({ id, key: Key, parts: new Map() });
    return { UploadId: id };
  }

  protected onListMultipartUploads({ Prefix = '' }: Input) {
    const open = this.uploads.filter(({ key }) => key.startsWith(Prefix));
    return { Uploads: open.map(({ id, key }) => ({ UploadId: id, Key: key })) };
  }

  protected onListParts({ UploadId }: Input) {
    const { parts } = this.uploads.find(({ id }) => id === UploadId)!;
    return { Parts: [...parts.keys()].map((PartNumber) => ({ PartNumber, ETag: `"${PartNumber}"` })) };
  }

  protected onUploadPartCopy({ UploadId, PartNumber, CopySource, CopySourceRange }: Input) {
    const [first = 0, last = 0] = CopySourceRange.replace('bytes=', '').split('-').map(Number);
    const { parts } = this.uploads.find(({ id }) => id === UploadId)!;
    parts.set(PartNumber, this.source(CopySource).body.subarray(first, last + 1));
    return { CopyPartResult: { ETag: `"${PartNumber}"` } };
  }

  protected onCompleteMultipartUpload({ UploadId, Key, MultipartUpload }: Input) {
    const at = this.uploads.findIndex(({ id }) => id === UploadId);
    const [{ parts }] = this.uploads.splice(at, 1) as [Upload];
    const wanted: number[] = MultipartUpload.Parts.map(({ PartNumber }: Input) => PartNumber);
    const body = Buffer.concat(wanted.map((number) => parts.get(number)!));
    this.versions.push({ ...this.put(Key, this.damage(Key, body)), sha256: false });
    this.versions.splice(-2, 1);
    return {};
  }

  protected onDeleteObjects({ Delete }: Input) {
    for (const { Key, VersionId } of Delete.Objects) this.remove(Key, VersionId);
    return {};
  }

  protected onDeleteObject({ Key, VersionId }: Input) {
    if (VersionId === undefined) this.delete(Key);
    else this.remove(Key, VersionId);
    return {};
  }

  private remove(key: string, versionId: string): void {
    const at = this.versions.findIndex((one) => one.key === key && one.versionId === versionId);
    if (at >= 0) this.versions.splice(at, 1);
  }

  protected onListObjectVersions({ Prefix = '' }: Input) {
    const listed = this.versions.filter(({ key }) => key.startsWith(Prefix));
    const one = ({ key, versionId, body, at }: StoredVersion) => ({
      ...{ Key: key, VersionId: versionId, Size: body.length, LastModified: at },
      IsLatest: this.versions.filter((version) => version.key === key).at(-1)?.versionId === versionId,
    });
    return {
      Versions: listed.filter(({ deleted }) => !deleted).map(one),
      DeleteMarkers: listed.filter(({ deleted }) => deleted).map(one),
      IsTruncated: false,
    };
  }
}

/** The bytes, or as many as arrive before the connection is lost. */
async function* chunks(bytes: Buffer, cut: number | undefined): AsyncGenerator<Buffer> {
  const arriving = bytes.subarray(0, cut);
  if (arriving.length > 0) yield arriving;
  if (cut === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, 20));
  throw new Error('connection lost');
}

/** The checksum as manifests spell it. */
export const sha256Of = (body: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(body).digest('hex')}`;
