import type { Context } from './context';

/** The time where the command works, in ISO: a fast laptop runtime's clock runs ahead of the wall's. */
export async function serverTime(context: Context): Promise<string> {
  if (context.endpointUrl === undefined) {
    return new Date().toISOString();
  }
  const date = (await fetch(`${context.endpointUrl}/_flywheel/health`)).headers.get('date');
  return new Date(date ?? Date.now()).toISOString();
}
