import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { PipelineInput } from '../../lib/training/contract';

/** The pipeline's execution of a run. */
export interface ExecutionState {
  readonly arn: string;
  readonly running: boolean;
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Starts and looks at executions of the pipeline; their names are the ids of runs. */
export interface Executions {
  /** Starts the run's execution; one that was started before is left as it is. */
  start(input: PipelineInput): Promise<void>;
  describe(runId: string): Promise<ExecutionState | undefined>;
}

export function executions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async start(input) {
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn, name: input.runId, input: JSON.stringify(input) }),
        );
      } catch (error) {
        if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
      }
    },

    async describe(runId) {
      const arn = executionArn(stateMachineArn, runId);
      try {
        const { status, error, cause } = await client.send(
          new DescribeExecutionCommand({ executionArn: arn }),
        );
        return { arn, running: status === 'RUNNING', status: status ?? 'UNKNOWN', error, cause };
      } catch (error) {
        if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
  };
}

/** The ARN of an execution, from that of its state machine. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
