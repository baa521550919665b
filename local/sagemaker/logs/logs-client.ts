const EXISTS = 'ResourceAlreadyExistsException';

/** The three calls of CloudWatch Logs that a log stream needs, at the laptop's endpoint. */
export class LogsClient {
  constructor(
    private readonly endpointUrl: string,
    private readonly region: string,
    private readonly accountId: string,
  ) {}

  /** Makes the group and the stream unless they are there. */
  async createStream(logGroupName: string, logStreamName: string): Promise<void> {
    await this.createOnce('CreateLogGroup', { logGroupName });
    await this.createOnce('CreateLogStream', { logGroupName, logStreamName });
  }

  /** @throws Error with the service's answer */
  async call(operation: string, input: object): Promise<void> {
    const scope = `${this.accountId}/20000101/${this.region}/logs/aws4_request`;
    const answer = await fetch(this.endpointUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${operation}`,
        // The emulator reads account, region and service here; it verifies no signature.
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok) {
      throw new Error(`${operation}: ${answer.status} ${await answer.text()}`);
    }
  }

  private async createOnce(operation: string, input: object): Promise<void> {
    try {
      await this.call(operation, input);
    } catch (error) {
      if (!`${error}`.includes(EXISTS)) {
        throw error;
      }
    }
  }
}
