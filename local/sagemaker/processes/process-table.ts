import { Child, type ChildSpec } from './child';

/** Every process that this service started and that still runs. */
export class ProcessTable {
  private readonly children = new Set<Child>();
  private closed = false;

  /** @throws Error when the table is closed: the runtime is going down. */
  start(spec: ChildSpec): Child {
    if (this.closed) {
      throw new Error('The laptop runtime is shutting down');
    }
    const child = new Child(spec);
    this.children.add(child);
    void child.exited.then(() => this.children.delete(child));
    return child;
  }

  /** Process ids, each the leader of its group. */
  ids(): number[] {
    return [...this.children].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Ends everything: SIGTERM, and SIGKILL after `graceMs` real milliseconds. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    await Promise.all([...this.children].map((child) => child.terminate(graceMs)));
  }
}
