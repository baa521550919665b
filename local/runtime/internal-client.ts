import type { EventSink, MetricSink, VirtualClock } from './services';

/** Calls one of the internal endpoints that local/ministack/README.md describes; undefined when it answers 404. */
export type InternalCall = <T>(path: string, body?: object) => Promise<T | undefined>;

/** @throws Error (when called) with the endpoint's message when the answer is neither 2xx nor 404. */
export function internalCall(port: number, headers: Record<string, string>): InternalCall {
  return async <T>(path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/_flywheel/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.status === 404) {
      return undefined;
    }
    const answer = (await response.json()) as T & { message?: string };
    if (!response.ok) {
      throw new Error(`/_flywheel/${path}: ${response.status} ${answer.message ?? ''}`);
    }
    return answer;
  };
}

export function metricSink(call: InternalCall): MetricSink {
  return {
    put: async (data) => {
      const points = data.map((datum) => ({ ...datum, timestamp: datum.timestamp.getTime() }));
      await call('metrics', { data: points });
    },
  };
}

export function eventSink(call: InternalCall, clock: VirtualClock): EventSink {
  return {
    put: async (events) => {
      const stamped = events.map((event) => ({ ...event, time: (event.time ?? clock.now()).getTime() }));
      await call('events', { events: stamped });
    },
  };
}
