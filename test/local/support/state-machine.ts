import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { TestRuntime } from './runtime';

let made = 0;

/** How an execution ended. */
export interface Ended {
  readonly status: string;
  // biome-ignore lint/suspicious/noExplicitAny: each definition has its own output
  readonly output: any;
  readonly error?: string;
  readonly cause?: string;
  readonly arn: string;
}

/** Runs JSONata state machines in a runtime. */
export class StateMachines {
  readonly sfn: SFNClient;

  constructor(runtime: TestRuntime) {
    this.sfn = new SFNClient(runtime.client);
  }

  async create(definition: object): Promise<string> {
    made += 1;
    const { stateMachineArn } = await this.sfn.send(
      new CreateStateMachineCommand({
        name: `machine-${made}`,
        definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
        roleArn: 'arn:aws:iam::000000000000:role/states',
      }),
    );
    return stateMachineArn!;
  }

  async start(stateMachineArn: string, input: object = {}, name?: string): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name });
    return (await this.sfn.send(command)).executionArn!;
  }

  describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return this.sfn.send(new DescribeExecutionCommand({ executionArn }));
  }

  /** Runs a definition to its end. */
  async run(definition: object, input: object = {}): Promise<Ended> {
    return this.ended(await this.start(await this.create(definition), input));
  }

  /** @throws Error when the execution runs longer than ten seconds. */
  async ended(arn: string): Promise<Ended> {
    for (const end = Date.now() + 10_000; Date.now() < end; await wait(20)) {
      const { status, output, error, cause } = await this.describe(arn);
      if (status !== 'RUNNING') {
        return { status: status!, output: JSON.parse(output ?? 'null'), error, cause, arn };
      }
    }
    throw new Error(`${arn} still runs after 10 s`);
  }
}
