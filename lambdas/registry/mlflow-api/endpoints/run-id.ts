import { type Decoded, string } from '../decode';
import { invalidParameter } from '../errors';
import { checkRunId } from '../validation';

/** Old clients say `run_uuid`, new ones both. */
export const RUN_ID = { run_id: string, run_uuid: string };

/** @throws ApiError when the request names no run, or something that can't be one. */
export function runIdOf({ run_id: id, run_uuid: old }: Decoded<typeof RUN_ID>): string {
  const runId = id === undefined || id === '' ? old : id;
  if (runId === undefined || runId === '') {
    throw invalidParameter(
      "Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.",
    );
  }
  checkRunId(runId);
  return runId;
}
