import { TrackingError } from '../../tracking/errors';
import { raw } from '../endpoint';
import { ApiError, invalidParameter } from '../errors';
import { parseQuery } from '../graphql/parse';
import { resolve } from '../graphql/resolve';
import { json } from '../http';
import { readParameters } from '../parameters';

/** What the UI's run page asks. A field that fails is null, and its reason stands under `errors`. */
export const graphql = raw(async ({ service, request }) => {
  const { query, variables } = readParameters(request, {});
  if (typeof query !== 'string') throw invalidParameter("Missing value for required parameter 'query'.");
  const isObject = typeof variables === 'object' && variables !== null;
  const selections = parseQuery(query, new Map(Object.entries(isObject ? variables : {})));
  const data: Record<string, unknown> = Object.create(null);
  const errors: string[] = [];
  for (const selection of selections) {
    try {
      data[selection.alias] = await resolve(service, selection);
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof TrackingError)) throw error;
      data[selection.alias] = null;
      errors.push(error.message);
    }
  }
  return json(200, { data, errors: errors.length === 0 ? null : errors });
});
