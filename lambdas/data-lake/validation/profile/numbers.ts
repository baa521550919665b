/** Digits that a double holds, whichever they are. */
export const EXACT_DIGITS = 15;
/** Digits up to which a number is computed; with more it is parsed from its text. */
export const MAX_DIGITS = 18;

/** Powers of ten that a double holds exactly. */
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** How far a computed number of more than 15 digits may be off, as a share of it. */
export const ROUNDING = 1e-15;
