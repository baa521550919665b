/** Uniform numbers in [0, 1), the same ones for the same seed: sfc32 by Chris Doty-Humphrey (PractRand). */
export function generator(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) {
    next();
  }
  return next;
}

/** A standard normal number (Box and Muller 1958). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How often each of several outcomes came up in so many draws. Outcomes are found through a table of 4096 slots. */
export function multinomial(random: () => number, draws: number, probabilities: readonly number[]): number[] {
  const cumulative: number[] = [];
  probabilities.reduce((sum, p, i) => {
    cumulative[i] = sum + p;
    return sum + p;
  }, 0);
  cumulative[cumulative.length - 1] = 1;
  const slots = new Uint8Array(4096);
  for (let slot = 0, outcome = 0; slot < slots.length; slot++) {
    while (cumulative[outcome]! <= slot / slots.length) {
      outcome++;
    }
    slots[slot] = outcome;
  }
  const counts = new Array<number>(probabilities.length).fill(0);
  for (let i = 0; i < draws; i++) {
    const u = random();
    let outcome = slots[(u * 4096) | 0]!;
    while (cumulative[outcome]! <= u) {
      outcome++;
    }
    counts[outcome]!++;
  }
  return counts;
}
