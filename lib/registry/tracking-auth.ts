import type { TokenPolicy } from './tracking-contract';

/** What people prove who they are with, and what they may then do. */
export interface TrackingTokenOptions {
  /**
   * Who issues the tokens: an OpenID Connect issuer, e.g.
   * `https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI`.
   */
  readonly issuer: string;
  /** The audiences (of Cognito's tokens: client ids) that are accepted; at least one. */
  readonly audience: string[];
  /**
   * The claim that lists the caller's groups.
   *
   * @default 'cognito:groups'
   */
  readonly groupsClaim?: string;
  /**
   * The groups that may log and register.
   *
   * @default - everybody with a token
   */
  readonly writers?: string[];
  /**
   * The groups that may move aliases and stages, and delete models; they may log as well.
   *
   * @default - nobody: people promote with IAM credentials
   */
  readonly promoters?: string[];
}

/** How callers of the tracking API prove who they are. */
export class TrackingAuth {
  /**
   * IAM credentials only: requests are signed (`MLFLOW_TRACKING_AWS_SIGV4=true` in MLflow's client), and policies, which
   * `grantRead`, `grantWrite` and `grantPromote` make, say what the caller may do.
   */
  public static iam(): TrackingAuth {
    return new TrackingAuth();
  }

  /**
   * Beside IAM credentials, a second address where people bring the token of an OpenID Connect issuer
   * (`MLFLOW_TRACKING_TOKEN` in MLflow's client), Cognito's user pools among them.
   *
   * @throws Error when the issuer is no https URL or no audience is given.
   */
  public static jwt(options: TrackingTokenOptions): TrackingAuth {
    if (!options.issuer.startsWith('https://')) {
      throw new Error(
        `The issuer "${options.issuer}" is no https URL: give the issuer that the tokens' iss claim says.`,
      );
    }
    if (options.audience.length === 0) {
      throw new Error('No audience is given: tokens for every other application would be accepted.');
    }
    return new TrackingAuth(options);
  }

  /** @internal */
  public readonly _tokens?: TrackingTokenOptions;

  private constructor(tokens?: TrackingTokenOptions) {
    this._tokens = tokens;
  }

  /** What the handler needs to know of verified tokens. @internal */
  public _policy(): TokenPolicy | undefined {
    if (this._tokens === undefined) return undefined;
    const { groupsClaim = 'cognito:groups', writers, promoters } = this._tokens;
    return { groupsClaim, writers, promoters };
  }
}
