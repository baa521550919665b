import type { SplitConfig } from './contract';

export interface HashSplitProps {
  /**
   * The column whose value decides where a row goes, so that all rows of one entity go together.
   *
   * @default - the whole row decides
   */
  readonly key?: string;
  /**
   * Share of the rows that candidate and champion are judged on. Never trained on.
   *
   * @default 0.2
   */
  readonly holdout?: number;
  /**
   * Share of the rows that the training script gets apart, in the channel `validation`.
   *
   * @default 0
   */
  readonly validation?: number;
  /**
   * Another seed gives another split. Whoever changes it lets rows that the champion was trained on into the hold-out.
   *
   * @default - none
   */
  readonly seed?: string;
}

export interface TimeSplitProps {
  /** The column with the time: ISO 8601 (no offset means UTC), or a number. */
  readonly column: string;
  /**
   * Share of the rows, the newest ones, that candidate and champion are judged on. Never trained on.
   *
   * @default 0.2
   */
  readonly holdout?: number;
  /**
   * Share of the rows, the newest before the hold-out, that the training script gets apart, in the channel
   * `validation`.
   *
   * @default 0
   */
  readonly validation?: number;
}

export interface CutoffSplitProps {
  /** The column with the time: ISO 8601 (no offset means UTC), or a number. */
  readonly column: string;
  /** Rows of this time and later are held out: a value of the column. */
  readonly holdoutFrom: string;
  /**
   * Rows of this time and later, up to the hold-out, validate: a value of the column.
   *
   * @default - no rows validate
   */
  readonly validationFrom?: string;
}

/**
 * How the rows of a dataset version are divided into those to train on, those to validate with while training, and
 * those that candidate and champion are judged on. It depends on the rows alone, and is recorded with the version.
 */
export class Split {
  /**
   * Each row goes where the hash of its key sends it, in every dataset version: what is held out once is held out as
   * long as its key stays the same, and a larger share only adds to it. Without a key the whole row is hashed, so that
   * adding a column to the data moves rows between training and hold-out. Keys are compared as text.
   *
   * @throws Error when the shares leave nothing to train on
   */
  public static byHash(props: HashSplitProps = {}): Split {
    const { holdout = DEFAULT_HOLDOUT, validation = 0 } = props;
    checkShares(holdout, validation);
    return new Split({ method: 'hash', key: props.key, seed: props.seed, holdout, validation });
  }

  /**
   * The newest rows are held out. The cut-offs follow the data from version to version and are recorded with each.
   *
   * @throws Error when the shares leave nothing to train on
   */
  public static byTime(props: TimeSplitProps): Split {
    const { holdout = DEFAULT_HOLDOUT, validation = 0 } = props;
    checkShares(holdout, validation);
    return new Split({ method: 'time', column: props.column, holdout, validation });
  }

  /**
   * Rows from a fixed time on are held out.
   *
   * @throws Error when the cut-offs are the same, or one is empty
   */
  public static atTimes(props: CutoffSplitProps): Split {
    const { column, holdoutFrom, validationFrom } = props;
    if (holdoutFrom === '' || validationFrom === '') {
      throw new Error('A cut-off of the split is empty: give a value of the column, such as 2026-01-31.');
    }
    if (holdoutFrom === validationFrom) {
      throw new Error(
        `holdoutFrom and validationFrom are both ${holdoutFrom}: validation must begin earlier.`,
      );
    }
    return new Split({ method: 'time', column, holdoutFrom, validationFrom });
  }

  private constructor(private readonly config: SplitConfig) {}

  /** @internal */
  public _config(): SplitConfig {
    return Object.fromEntries(
      Object.entries(this.config).filter(([, value]) => value !== undefined),
    ) as unknown as SplitConfig;
  }
}

const DEFAULT_HOLDOUT = 0.2;

function checkShares(holdout: number, validation: number): void {
  if (!(holdout > 0 && holdout < 1)) {
    throw new Error(`The hold-out's share is ${holdout}: give a share between 0 and 1, such as 0.2.`);
  }
  if (!(validation >= 0 && holdout + validation < 1)) {
    throw new Error(
      `The validation's share is ${validation} beside ${holdout} for the hold-out: together they must be less than 1, and none less than 0.`,
    );
  }
}
