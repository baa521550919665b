import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../local/runtime/ports';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../../local/runtime/runtime';

/** A runtime on a free port with a folder of its own. */
export interface TestRuntime extends Runtime {
  readonly root: string;
  /** What AWS SDK clients take to reach it. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

/** Starts a runtime for a test file; close() also removes its folder. */
export async function testRuntime(options: RuntimeOptions = {}): Promise<TestRuntime> {
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'flywheel-runtime-'));
  const runtime = await startRuntime({ port: await freePort(), ...options, root });
  return {
    ...runtime,
    root,
    client: {
      endpoint: runtime.endpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    close: async () => {
      await runtime.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** No services beside MiniStack. */
export const noServices: RuntimeOptions['services'] = async () => ({ close: async () => {} });
