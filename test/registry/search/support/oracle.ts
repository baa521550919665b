import { expect } from 'vitest';
import { InvalidParameterError } from '../../../../lambdas/registry/tracking/errors';

/** What MLflow answered: places of the results in the list of facts, or its error. */
export type Answer = { readonly ids: number[] } | { readonly error: string; readonly message: string };

/**
 * A message without what differs for no reason: the order of sets, which Python's hashing decides, and the quotes that
 * some of MLflow's messages put around clauses, or forget to close.
 */
export function normalized(message: string): string {
  if (message.startsWith('Invalid clause(s)')) return message.replaceAll("'", '');
  return message
    .replaceAll(/[{(]('[^{}()]*')[})]/g, (_, inside: string) => `{${inside.split(', ').sort().join(', ')}}`)
    .replace(/'$/, '');
}

/** Runs the search. */
export async function answerOf(search: () => Promise<number[]>): Promise<Answer> {
  try {
    return { ids: await search() };
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    return { error: error.errorCode, message: error.message };
  }
}

/** Whether the answer says what MLflow said. Where MLflow fails with status 500, this must refuse with a 400. */
export function agrees(ours: Answer, theirs: Answer): boolean {
  if ('ids' in theirs) return 'ids' in ours && JSON.stringify(ours.ids) === JSON.stringify(theirs.ids);
  return 'error' in ours;
}

/** Fails with the cases in which the answers differ. */
export async function expectAgreement<C>(
  cases: readonly C[],
  answer: (one: C) => Promise<Answer>,
  theirs: (one: C) => Answer,
  allowed: (one: C) => boolean = () => false,
): Promise<void> {
  const different: unknown[] = [];
  for (const one of cases) {
    const ours = await answer(one);
    if (!agrees(ours, theirs(one)) && !allowed(one)) different.push({ case: one, ours });
  }
  expect(different).toEqual([]);
}
