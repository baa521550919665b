import type { Readable } from 'node:stream';
import { ApiError, invalidParameter } from '../errors';
import { locationIn, parseArtifactUri } from './artifact-uri';
import { joined } from './safe-path';

/** One entry of a folder. */
export interface ArtifactFile {
  /** Relative to the folder that was listed. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes; of a folder undefined. */
  readonly size?: number;
}

export interface ArtifactContent {
  readonly body: Buffer | Readable;
  /** Bytes. */
  readonly size: number;
}

/** A URL that S3 takes or gives one object by, and the headers that must come with it. */
export interface PresignedUrl {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, of a download. */
  readonly size?: number;
}

/** Files by key, in a bucket or a folder. Keys are relative, with `/` between segments, and checked before. */
export interface ArtifactBackend {
  /** Files and folders right below the key, by name. Of a file or of nothing, an empty list. */
  list(folder: string): Promise<ArtifactFile[]>;
  read(key: string): Promise<ArtifactContent | undefined>;
  write(key: string, body: Buffer | Readable, size: number | undefined): Promise<void>;
  /** The file, or the folder with all that is in it. */
  remove(key: string): Promise<void>;
  presignUpload?(key: string, seconds: number): Promise<PresignedUrl>;
  /** @returns undefined when there is no such file. */
  presignDownload?(key: string, seconds: number): Promise<PresignedUrl | undefined>;
}

/** URIs below `uri` are files of the backend below `key`. */
export interface Mount {
  readonly uri: string;
  readonly backend: ArtifactBackend;
  readonly key: string;
  /** Whether clients may name locations below it for their experiments and versions. */
  readonly forClients: boolean;
}

/** A file or folder of ours. */
export interface Place {
  readonly backend: ArtifactBackend;
  readonly key: string;
  /** Whether clients reach it through `mlflow-artifacts` only. */
  readonly isProxied: boolean;
}

export const PROXIED = 'mlflow-artifacts:/';

/** Where artifacts are: only URIs of the mounts are ever touched. */
export class ArtifactStore {
  /** @param root - what experiments get their artifact location below; one of the mounts holds it. */
  constructor(
    readonly root: string,
    private readonly mounts: readonly Mount[],
  ) {}

  /** @throws ApiError when the URI is not of this registry. */
  place(uri: string): Place {
    const place = this.find(uri, () => true);
    if (place === undefined) {
      throw invalidParameter(
        `The artifact location "${uri}" is not one of this registry; it can't be read through it.`,
      );
    }
    return place;
  }

  /**
   * Where a client's artifacts go. What others wrote into the bucket (the pipeline's runs) is there to be read only.
   *
   * @throws ApiError when clients may not write there.
   */
  placeToWrite(uri: string): Place {
    const place = this.find(uri, (mount) => mount.forClients);
    if (place === undefined) {
      throw new ApiError(
        'PERMISSION_DENIED',
        `Artifacts at "${uri}" are not written through this API: clients write below ${this.root} only.`,
      );
    }
    return place;
  }

  /** Whether a client may say that artifacts are there. @throws ApiError when the URI is malformed or unsafe. */
  isForClients(uri: string): boolean {
    return this.find(uri, (mount) => mount.forClients) !== undefined;
  }

  /** Where proxied artifacts are, or undefined when this server proxies none. */
  proxied(path: string): Place | undefined {
    const mount = this.mounts.find(({ uri }) => uri === PROXIED);
    return mount && { backend: mount.backend, key: joined(mount.key, path), isProxied: true };
  }

  /** Whether the root has presigned URLs. */
  get presigns(): boolean {
    const { backend, isProxied } = this.place(this.root);
    return !isProxied && backend.presignUpload !== undefined;
  }

  private find(uri: string, wanted: (mount: Mount) => boolean): Place | undefined {
    const parsed = parseArtifactUri(uri);
    for (const mount of this.mounts) {
      if (!wanted(mount)) continue;
      const below = locationIn(parsed, parseArtifactUri(mount.uri));
      if (below !== undefined) {
        return { backend: mount.backend, key: joined(mount.key, below), isProxied: mount.uri === PROXIED };
      }
    }
    return undefined;
  }
}
