import { chiSquareUpperTail } from './stats/chi-square';

/** How the training pipeline cuts the training data into blocks of consecutive rows (jobs/prepare.py). */
export const BLOCKS = { rows: 1000, min: 30, max: 200 } as const;

/** The training pipeline reports this quantile of the blocks' distances as the movement of a feature. */
const MOVEMENT_RISK = 0.1;
/** Normal quantile at 0.9, and how uncertain a sample's is: sqrt(0.9 * 0.1) over the normal density there. */
const Z_MOVEMENT = 1.2815515655446004;
const Z_MOVEMENT_ERROR = 1.7094;
/** Movement less than this many standard errors above noise is taken for noise. */
const CLEAR_ERRORS = 2;

/** Distances grow with the square of a change only while it is small: beyond this, stretching them means nothing. */
const LARGE_DISTANCE = 0.25;

/** What the tolerance of a feature depends on. */
export interface Movement {
  /** 0.9 quantile of the distance between a block of the training data and the rest. */
  readonly movement: number;
  readonly bins: number;
  /** Rows of the training data. */
  readonly rows: number;
}

/**
 * How far a feature may be from its training data without having drifted: its movement, `stretch` times (see
 * `movementStretch`).
 *
 * Blocks of a feature that does not move at all are not at distance zero either: the de-biased distance of b rows over
 * k bins has the standard deviation sqrt(2 (k-1)) / b. That part is taken off the movement beforehand, and what is
 * left counts when it is clearly more than chance. A feature without clear movement gets the tolerance 0.
 *
 * Stretching ends at the distance 0.25. A feature that moves further than that from block to block anyway, like the
 * weather from day to day, is tolerated to move as far as nine of ten blocks did.
 */
export function toleratedDistance({ movement, bins, rows }: Movement, stretch: number): number {
  const blocks = Math.min(BLOCKS.max, Math.max(BLOCKS.min, Math.floor(rows / BLOCKS.rows)));
  const deviation = (Math.sqrt(2 * Math.max(0, bins - 1)) * blocks) / Math.max(rows, 1);
  const excess = movement - Z_MOVEMENT * deviation;
  if (excess <= (CLEAR_ERRORS * Z_MOVEMENT_ERROR * deviation) / Math.sqrt(blocks)) {
    return 0;
  }
  return Math.max(excess, Math.min(excess * stretch, LARGE_DISTANCE));
}

/**
 * How many times its movement a feature may move, so that a block exceeds that with chance `risk` only. The movement
 * itself is exceeded by one block in ten, by definition; over many features and days that is every day. Assumes that
 * a feature sways around its mean like a normal variable: distances then are like chi-square with one degree of
 * freedom, and quantiles are in proportion.
 */
export function movementStretch(risk: number): number {
  return Math.max(1, chiSquareOneQuantile(risk) / chiSquareOneQuantile(MOVEMENT_RISK));
}

/** The value that chi-square with one degree of freedom exceeds with chance `risk`, by bisection. */
function chiSquareOneQuantile(risk: number): number {
  let low = 0;
  let high = 200;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (chiSquareUpperTail(middle, 1) > risk) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}
