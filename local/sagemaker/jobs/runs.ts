/** A job that runs: what Stop and the Spot simulation reach. */
export interface Run {
  run(): Promise<void>;
  stop(): void;
}

/** The jobs that run now, by name. */
export class Runs<T extends Run> {
  private readonly active = new Map<string, { run: T; done: Promise<void> }>();

  start(name: string, run: T): void {
    const done = run.run().finally(() => this.active.delete(name));
    this.active.set(name, { run, done });
  }

  get(name: string): T | undefined {
    return this.active.get(name)?.run;
  }

  /** Resolves when all jobs that run now have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.active.values()].map(({ done }) => done));
  }
}
