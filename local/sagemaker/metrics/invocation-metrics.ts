import type { MetricDatum } from '../../runtime/services';

const NAMESPACE = 'AWS/SageMaker';

/** What happened to one request. */
export interface Invocation {
  readonly endpoint: string;
  readonly variant: string;
  /** The configuration of the fleet that served it; given during a deployment with guardrails. */
  readonly endpointConfig?: string;
  /** HTTP status that the model answered; undefined when it did not answer. */
  readonly modelStatus?: number;
  readonly modelMicroseconds: number;
  readonly overheadMicroseconds: number;
  /** Instances of the variant. */
  readonly instances: number;
  /** Virtual time. */
  readonly at: Date;
}

/**
 * The data points of a request: counts of 0 or 1, so that their average is a rate, and latencies. During a
 * deployment with guardrails all of them come again with the configuration as a third dimension.
 */
export function invocationMetrics(invocation: Invocation): MetricDatum[] {
  const { endpoint, variant, endpointConfig, modelStatus, at } = invocation;
  const status = modelStatus ?? 500;
  const values: [string, number, string][] = [
    ['Invocations', 1, 'None'],
    ['Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0, 'None'],
    ['Invocation5XXErrors', status >= 500 ? 1 : 0, 'None'],
    ['InvocationModelErrors', status >= 200 && status < 300 ? 0 : 1, 'None'],
    ['InvocationsPerInstance', 1 / invocation.instances, 'None'],
    ['ModelLatency', invocation.modelMicroseconds, 'Microseconds'],
    ['OverheadLatency', invocation.overheadMicroseconds, 'Microseconds'],
  ];
  const base = { EndpointName: endpoint, VariantName: variant };
  const dimensions = [
    base,
    ...(endpointConfig === undefined ? [] : [{ ...base, EndpointConfigName: endpointConfig }]),
  ];
  return dimensions.flatMap((each) =>
    values.map(([metricName, value, unit]) => ({
      namespace: NAMESPACE,
      metricName,
      dimensions: each,
      value,
      unit,
      timestamp: at,
    })),
  );
}
