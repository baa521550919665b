const LONGEST_REASON = 1024;

/**
 * FailureReason of a job whose container failed: what it wrote to /opt/ml/output/failure, cut as SageMaker cuts it.
 *
 * @param failure - the file's text, undefined when the container wrote none
 */
export function algorithmError(failure: string | undefined, exitCode: number): string {
  return `AlgorithmError: ${(failure ?? '').trim().slice(0, LONGEST_REASON)}, exit code: ${exitCode}`;
}

/** FailureReason of a job that failed for what the request said (its data, its image). */
export function clientError(text: string): string {
  return `ClientError: ${text}`.slice(0, LONGEST_REASON);
}

/** FailureReason of a processing job whose container failed. */
export const PROCESSING_FAILED = 'AlgorithmError: See job logs for more information';

/** ExitMessage: at most 1 KB of UTF-8, never half a character. */
export function exitMessage(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: false }).decode(bytes.subarray(0, 1024), { stream: true });
}
