import * as z from 'zod';

const count = z.number().int().nonnegative();
const counts = z.array(count);
const movement = z.number().nonnegative();

const numeric = z
  .object({
    name: z.string().min(1),
    kind: z.literal('numeric'),
    /** Inner edges, ascending: the bins are (-inf, e0], (e0, e1], ..., (ek, inf). */
    edges: z.array(z.number()),
    counts,
    missing: count,
    invalid: count,
    movement,
  })
  .refine(({ edges, counts }) => counts.length === edges.length + 1, {
    error: 'a numeric feature has one count more than it has edges',
    path: ['counts'],
  })
  .refine(({ edges }) => edges.every((edge, i) => i === 0 || edge > edges[i - 1]!), {
    error: 'edges ascend',
    path: ['edges'],
  });

const categorical = z
  .object({
    name: z.string().min(1),
    kind: z.literal('categorical'),
    /** The most frequent values; none when the column was empty. */
    categories: z.array(z.string()).max(200),
    counts,
    other: count,
    missing: count,
    movement,
  })
  .refine(({ categories, counts }) => counts.length === categories.length, {
    error: 'a categorical feature has one count for each category',
    path: ['counts'],
  });

const baselineShape = z.object({
  version: z.literal(1),
  rows: count,
  features: z.array(z.union([numeric, categorical])),
});

export type NumericBaseline = z.infer<typeof numeric>;
export type CategoricalBaseline = z.infer<typeof categorical>;
export type FeatureBaseline = NumericBaseline | CategoricalBaseline;
/** What the training data looked like, feature by feature: the file that the training pipeline writes. */
export type Baseline = z.infer<typeof baselineShape>;

/**
 * @param source where the text came from, for the error's sake
 * @throws Error naming the source and the field that is wrong
 */
export function parseBaseline(text: string, source: string): Baseline {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`The baseline ${source} is not JSON: ${(error as Error).message}`);
  }
  const parsed = baselineShape.safeParse(json);
  if (!parsed.success) {
    throw new Error(`The baseline ${source} cannot be used: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** Values of the feature that belong to no bin: text in a numeric feature, a category that the baseline lacks. */
export function outsideOf(feature: FeatureBaseline): number {
  return feature.kind === 'numeric' ? feature.invalid : feature.other;
}
