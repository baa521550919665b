import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { AssetHashType } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { checkRequirements, sourceDigest, writeSourceArchive } from './source-archive';
import { type SourceVersion, sourceVersion } from './source-version';

export interface TrainingCodeOptions {
  /**
   * The script that trains, relative to the folder.
   *
   * @default train.py
   */
  readonly entryPoint?: string;
  /**
   * The script with `model_fn` and, if need be, `input_fn`, `predict_fn` and `output_fn`, relative to the folder.
   *
   * @default inference.py
   */
  readonly inference?: string;
}

/** @internal */
export interface TrainingCodeConfig {
  readonly asset: Asset;
  /** Digest of names and contents. */
  readonly digest: string;
  /** The commit; undefined when the folder is in no repository. */
  readonly version?: SourceVersion;
  readonly entryPoint: string;
  readonly inference: string;
}

/** Python code as SageMaker's script mode runs it. */
export class TrainingCode {
  /**
   * A folder of Python code. All of it is shipped but for caches and `requirements.txt`, whose packages must be in
   * the image: jobs run without a network.
   *
   * @throws Error when one of the scripts is not in the folder.
   */
  public static fromDirectory(directory: string, options: TrainingCodeOptions = {}): TrainingCode {
    return new TrainingCode(directory, options.entryPoint ?? 'train.py', options.inference ?? 'inference.py');
  }

  private constructor(
    private readonly directory: string,
    private readonly entryPoint: string,
    private readonly inference: string,
  ) {
    for (const [name, script] of Object.entries({ entryPoint, inference })) {
      const file = path.join(directory, script);
      if (!fs.existsSync(file)) {
        throw new Error(`${name} is "${script}", but there is no file ${file}.`);
      }
    }
  }

  /** @internal */
  public _bind(scope: Construct, id: string, packages: readonly string[], image: string): TrainingCodeConfig {
    checkRequirements(this.directory, packages, image);
    const digest = sourceDigest(this.directory);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'training-code-'));
    try {
      const archive = path.join(folder, 'sourcedir.tgz');
      writeSourceArchive(this.directory, archive);
      const asset = new Asset(scope, id, {
        path: archive,
        assetHash: digest,
        assetHashType: AssetHashType.CUSTOM,
      });
      const version = sourceVersion(this.directory);
      return { asset, digest, version, entryPoint: this.entryPoint, inference: this.inference };
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}
