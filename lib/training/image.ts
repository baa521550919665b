import { Aws, CfnMapping, Stack } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import { SKLEARN_ACCOUNTS, SKLEARN_PACKAGES, SKLEARN_REPOSITORY, SKLEARN_VERSIONS } from './image-accounts';

/** @internal */
export interface ImageConfig {
  readonly uri: string;
  /** The repository that a role must be allowed to pull from. */
  readonly repositoryArn: string;
}

/** The container in which a model is trained, evaluated and served: SageMaker's script mode. */
export abstract class Image {
  /**
   * AWS's image for scikit-learn, of the region that the stack is deployed to.
   *
   * @param version - `1.2-1`, `1.0-1`, `0.23-1` or `0.20.0`.
   * @throws Error when AWS has no image of that version.
   */
  public static sklearn(version: string): Image {
    return new SklearnImage(version);
  }

  /**
   * An image of your own that follows the contract of SageMaker's script mode, for training and inference alike.
   *
   * @param packages - names of the Python packages in it, so that a `requirements.txt` can be checked.
   */
  public static fromEcrRepository(repository: ecr.IRepository, tag: string, packages: string[] = []): Image {
    return new EcrImage(repository, tag, packages);
  }

  /** Names of the Python packages that the image is known to hold, in small letters. @internal */
  public abstract readonly _packages: readonly string[];
  /** Names the image without saying where it is. @internal */
  public abstract readonly _fingerprint: string;
  /** @internal */
  public abstract _bind(scope: Construct): ImageConfig;
}

class SklearnImage extends Image {
  public readonly _packages = SKLEARN_PACKAGES;
  public readonly _fingerprint: string;

  constructor(private readonly version: string) {
    super();
    if (!SKLEARN_VERSIONS.includes(version)) {
      throw new Error(
        `AWS has no scikit-learn image "${version}": give one of ${SKLEARN_VERSIONS.join(', ')}.`,
      );
    }
    this._fingerprint = `${SKLEARN_REPOSITORY}:${version}`;
  }

  public _bind(scope: Construct): ImageConfig {
    const id = 'ScikitLearnImageAccounts';
    const existing = scope.node.tryFindChild(id) as CfnMapping | undefined;
    const mapping = Object.fromEntries(
      Object.entries(SKLEARN_ACCOUNTS).map(([region, account]) => [region, { account }]),
    );
    const accounts = existing ?? new CfnMapping(scope, id, { mapping, lazy: true });
    const account = accounts.findInMap(Stack.of(scope).region, 'account');
    const tag = `${this.version}-cpu-py3`;
    return {
      uri: `${account}.dkr.ecr.${Stack.of(scope).region}.${Aws.URL_SUFFIX}/${SKLEARN_REPOSITORY}:${tag}`,
      repositoryArn: `arn:${Aws.PARTITION}:ecr:${Stack.of(scope).region}:${account}:repository/${SKLEARN_REPOSITORY}`,
    };
  }
}

class EcrImage extends Image {
  public readonly _packages: readonly string[];
  public readonly _fingerprint: string;

  constructor(
    private readonly repository: ecr.IRepository,
    private readonly tag: string,
    packages: string[],
  ) {
    super();
    this._packages = packages.map((name) => name.toLowerCase());
    this._fingerprint = `${repository.node.path}:${tag}`;
  }

  public _bind(): ImageConfig {
    return {
      uri: this.repository.repositoryUriForTag(this.tag),
      repositoryArn: this.repository.repositoryArn,
    };
  }
}
