import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder for what tests leave behind; it is removed when they are through. */
    temporary: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'flywheel-tests-'));
  project.provide('temporary', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
