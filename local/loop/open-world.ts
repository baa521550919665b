import { createContext } from '../../cli/context';
import { readOutputs } from '../../cli/stack-outputs';
import { registryStore } from '../../lambdas/registry/registry-store';
import type { Runtime } from '../runtime/runtime';
import { EventFeed } from './event-feed';
import type { Narrator } from './narrator';
import { Timeline } from './timeline';
import type { World } from './world';

export interface OpenWorldOptions {
  readonly runtime: Runtime;
  readonly narrator: Narrator;
  readonly stack: string;
  readonly data: string;
  readonly scratch: string;
  /** Path of the timeline's file. */
  readonly timeline: string;
}

/** Connects the story to a runtime on which the stack is deployed. */
export async function openWorld(options: OpenWorldOptions): Promise<World> {
  const { runtime, narrator } = options;
  const context = createContext({ stack: options.stack, endpointUrl: runtime.endpointUrl });
  const outputs = await readOutputs(context);
  const events = await EventFeed.open(
    {
      region: context.region,
      endpoint: runtime.endpointUrl,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    (event) => narrator.event(event),
  );
  return {
    context,
    outputs,
    store: registryStore(context.dynamo, outputs.registryTable),
    events,
    narrator,
    timeline: new Timeline(options.timeline),
    data: options.data,
    scratch: options.scratch,
    now: () => runtime.clock.now(),
    speed: runtime.clock.speed,
  };
}
