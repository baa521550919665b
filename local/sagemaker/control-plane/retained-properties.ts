import type { VariantProperties } from '../endpoints/fleet';
import type { DataCaptureConfig, EndpointConfig } from '../state/records';

type PropertyType = 'DesiredInstanceCount' | 'DesiredWeight' | 'DataCaptureConfig';

/** The members of UpdateEndpoint that say what the new fleet takes over from the old one. */
export interface RetainRequest {
  readonly RetainAllVariantProperties?: boolean;
  readonly ExcludeRetainedVariantProperties?: readonly { readonly VariantPropertyType: PropertyType }[];
}

/**
 * Instance counts, weights and data capture of the new fleet: the new configuration's, unless the request retains
 * what the endpoint has now.
 *
 * @param now - what the variants have now, by name
 */
export function retained(
  request: RetainRequest,
  now: ReadonlyMap<string, VariantProperties>,
  captureNow: DataCaptureConfig | undefined,
  config: EndpointConfig,
): { properties: Map<string, VariantProperties>; captureConfig: DataCaptureConfig | undefined } {
  const excluded = (request.ExcludeRetainedVariantProperties ?? []).map((one) => one.VariantPropertyType);
  const keeps = (property: PropertyType) =>
    request.RetainAllVariantProperties === true && !excluded.includes(property);
  const properties = new Map<string, VariantProperties>();
  for (const variant of config.ProductionVariants) {
    const current = now.get(variant.VariantName);
    properties.set(variant.VariantName, {
      instanceCount:
        keeps('DesiredInstanceCount') && current !== undefined
          ? current.instanceCount
          : variant.InitialInstanceCount,
      weight:
        keeps('DesiredWeight') && current !== undefined
          ? current.weight
          : (variant.InitialVariantWeight ?? 1),
    });
  }
  return { properties, captureConfig: keeps('DataCaptureConfig') ? captureNow : config.DataCaptureConfig };
}
