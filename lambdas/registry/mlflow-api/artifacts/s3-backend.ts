import type { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ApiError } from '../errors';
import type { ArtifactBackend, ArtifactContent, ArtifactFile, PresignedUrl } from './artifact-store';

/** Artifacts as objects of one bucket. */
export class S3Backend implements ArtifactBackend {
  /** Signs without a checksum: it would be that of the empty body, and S3 would refuse every other. */
  private readonly signer: S3Client;

  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {
    const { region, credentials, endpoint, forcePathStyle } = client.config;
    this.signer = new S3Client({
      region,
      credentials,
      forcePathStyle,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      ...(endpoint === undefined ? {} : { endpoint }),
    });
  }

  async list(folder: string): Promise<ArtifactFile[]> {
    const prefix = folder === '' ? '' : `${folder}/`;
    const files: ArtifactFile[] = [];
    let token: string | undefined;
    do {
      const page = await permitted(
        folder,
        this.client.send(
          new ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: prefix,
            Delimiter: '/',
            ContinuationToken: token,
          }),
        ),
      );
      for (const { Prefix } of page.CommonPrefixes ?? []) {
        files.push({ name: Prefix!.slice(prefix.length, -1), isFolder: true });
      }
      for (const { Key, Size } of page.Contents ?? []) {
        if (Key !== prefix) files.push({ name: Key!.slice(prefix.length), isFolder: false, size: Size ?? 0 });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async read(key: string): Promise<ArtifactContent | undefined> {
    try {
      const answer = await permitted(
        key,
        this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key })),
      );
      return { body: answer.Body as Readable, size: answer.ContentLength ?? 0 };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async write(key: string, body: Buffer | Readable): Promise<void> {
    const params = { Bucket: this.bucket, Key: key, Body: body };
    const isWhole = Buffer.isBuffer(body);
    await permitted<unknown>(
      key,
      isWhole
        ? this.client.send(new PutObjectCommand(params))
        : new Upload({ client: this.client, params }).done(),
    );
  }

  async remove(key: string): Promise<void> {
    const keys = [key];
    let token: string | undefined;
    do {
      const page = await permitted(
        key,
        this.client.send(
          new ListObjectsV2Command({ Bucket: this.bucket, Prefix: `${key}/`, ContinuationToken: token }),
        ),
      );
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    for (let start = 0; start < keys.length; start += 1000) {
      const objects = keys.slice(start, start + 1000).map((Key) => ({ Key }));
      const answer = await permitted(
        key,
        this.client.send(
          new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects: objects, Quiet: true } }),
        ),
      );
      const failed = answer.Errors?.[0];
      if (failed?.Code === 'AccessDenied') throw denied(failed.Key ?? key);
      if (failed !== undefined)
        throw new Error(`S3 did not delete ${failed.Key}: ${failed.Code} ${failed.Message}`);
    }
  }

  async presignUpload(key: string, seconds: number): Promise<PresignedUrl> {
    const command = new PutObjectCommand({ Bucket: this.bucket, Key: key });
    return { url: await getSignedUrl(this.signer, command, { expiresIn: seconds }), headers: {} };
  }

  async presignDownload(key: string, seconds: number): Promise<PresignedUrl | undefined> {
    const target = { Bucket: this.bucket, Key: key };
    try {
      const { ContentLength } = await permitted(key, this.client.send(new HeadObjectCommand(target)));
      const url = await getSignedUrl(this.signer, new GetObjectCommand(target), { expiresIn: seconds });
      return { url, headers: {}, size: ContentLength };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/**
 * What S3 answers, its 403 as a refusal that no client repeats. S3 also answers it for a missing object when the caller
 * may not list.
 */
async function permitted<T>(key: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw isDenied(error) ? denied(key) : error;
  }
}

const denied = (key: string): ApiError =>
  new ApiError(
    'PERMISSION_DENIED',
    `S3 did not let the registry reach "${key}": AccessDenied. Its role may not, or the bucket's policy says no.`,
  );

interface S3Error {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Answers to HEAD have no body, so no code beside their status. */
const isDenied = (error: unknown): boolean => {
  const { name, $metadata } = error as S3Error;
  return (
    name === 'AccessDenied' || (name === 'Forbidden' && $metadata?.httpStatusCode === 403) || name === '403'
  );
};

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as S3Error;
  return name === 'NoSuchKey' || name === 'NotFound' || $metadata?.httpStatusCode === 404;
}
