import jsonata from 'jsonata';
import type { FixedClock } from '../../../lambdas/shared/clock';
import type { State } from '../../../lib/serving/definition-states';

/** An error with a name, as Step Functions sees it. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    readonly cause?: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

interface Rule {
  ErrorEquals: string[];
  MaxAttempts?: number;
  IntervalSeconds?: number;
  Assign?: object;
  Next: string;
}

/** Called for each task with its resource (without the partition) and its arguments. */
export type Tasks = (resource: string, args: Record<string, unknown>) => Promise<unknown>;

/**
 * Runs a JSONata state machine of Pass, Task, Choice, Wait and Fail states, as far as the deployment uses them.
 * Waiting moves the clock. An expression without a result fails, as it does on AWS.
 */
export class StateMachineRun {
  readonly visited: string[] = [];
  private readonly variables: Record<string, unknown> = {};

  constructor(
    private readonly definition: { StartAt: string; States: Record<string, State> },
    private readonly tasks: Tasks,
    private readonly clock: FixedClock,
    private readonly context: object,
  ) {}

  async run(input: unknown): Promise<unknown> {
    let name: string | undefined = this.definition.StartAt;
    let data = input;
    while (name !== undefined) {
      if (this.visited.length > 2000) throw new Error(`The machine does not end; it is at ${name}.`);
      this.visited.push(name);
      const state: State = this.definition.States[name]!;
      const step = await this.step(state, data);
      data = step.output;
      name = step.next;
    }
    return data;
  }

  private async step(state: State, input: unknown): Promise<{ output: unknown; next?: string }> {
    switch (state.Type) {
      case 'Task':
        return this.task(state, input);
      case 'Choice':
        for (const rule of state.Choices as { Condition: string; Next: string }[]) {
          if ((await this.value(rule.Condition, { input })) === true)
            return { output: input, next: rule.Next };
        }
        return { output: input, next: state.Default as string };
      case 'Wait':
        this.clock.advance((await this.value(state.Seconds, { input })) as number);
        break;
      case 'Fail':
        throw new StateError(state.Error as string, (await this.value(state.Cause, { input })) as string);
    }
    await this.assign(state.Assign, { input });
    return { output: input, next: state.Next as string };
  }

  private async task(state: State, input: unknown): Promise<{ output: unknown; next?: string }> {
    const attempts = new Map<Rule, number>();
    for (;;) {
      try {
        const args = (await this.value(state.Arguments, { input })) as Record<string, unknown>;
        const result = await this.tasks(String(state.Resource).split(':states:::')[1]!, args);
        await this.assign(state.Assign, { input, result });
        const output =
          state.Output === undefined ? result : await this.value(state.Output, { input, result });
        return { output, next: state.Next as string | undefined };
      } catch (error) {
        const known = asStateError(error);
        const errorOutput = {
          Error: known.error,
          ...(known.cause === undefined ? {} : { Cause: known.cause }),
        };
        const retry = find(state.Retry as Rule[] | undefined, known.error);
        if (retry !== undefined && (attempts.get(retry) ?? 0) < (retry.MaxAttempts ?? 3)) {
          attempts.set(retry, (attempts.get(retry) ?? 0) + 1);
          this.clock.advance(retry.IntervalSeconds ?? 1);
          continue;
        }
        const caught = find(state.Catch as Rule[] | undefined, known.error);
        if (caught === undefined) throw error;
        await this.assign(caught.Assign, { input, errorOutput });
        return { output: errorOutput, next: caught.Next };
      }
    }
  }

  private async assign(template: unknown, states: object): Promise<void> {
    if (template !== undefined) Object.assign(this.variables, await this.value(template, states));
  }

  private async value(template: unknown, states: object): Promise<unknown> {
    if (Array.isArray(template)) return Promise.all(template.map((item) => this.value(item, states)));
    if (typeof template === 'object' && template !== null) {
      const entries = Object.entries(template).map(async ([key, item]) => [
        key,
        await this.value(item, states),
      ]);
      return Object.fromEntries(await Promise.all(entries));
    }
    const match = typeof template === 'string' ? /^\{%(.*)%\}$/s.exec(template) : null;
    if (match === null) return template;
    const bindings = { ...this.variables, states: { ...states, context: this.context } };
    const value: unknown = await jsonata(match[1]!).evaluate(undefined, structuredClone(bindings));
    if (value === undefined) {
      throw new StateError('States.QueryEvaluationError', `${match[1]} did not return a result`);
    }
    // What crosses into a service is JSON: no undefined fields, no sequences of the evaluator.
    return JSON.parse(JSON.stringify(value)) as unknown;
  }
}

function find(rules: Rule[] | undefined, error: string): Rule | undefined {
  return rules?.find(
    ({ ErrorEquals }) =>
      ErrorEquals.includes(error) ||
      ErrorEquals.includes('States.ALL') ||
      (ErrorEquals.includes('States.TaskFailed') && error !== 'States.Timeout'),
  );
}

function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  const { name, message } = error as Error;
  return new StateError(name, JSON.stringify({ errorType: name, errorMessage: message }));
}
