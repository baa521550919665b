import type { Feature } from '../../registry/entities';
import { ApiError, shown } from './api-error';
import type { Instance } from './request';

/**
 * The instances as CSV without a header (RFC 4180), one line each, in the order in which the model reads its
 * features. An empty field is a missing value.
 *
 * @throws ApiError naming the instance and the feature that is wrong.
 */
export function encodeInstances(instances: readonly Instance[], features: readonly Feature[]): string {
  const known = new Set(features.map((feature) => feature.name));
  return instances.map((instance, i) => `${encodeLine(instance, i, features, known)}\n`).join('');
}

function encodeLine(instance: Instance, i: number, features: readonly Feature[], known: Set<string>): string {
  const unknown = Object.keys(instance).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const expected = features.map((feature) => feature.name).join(', ');
    throw invalid(i, unknown, `unknown feature; the model reads ${expected}`);
  }
  const fields = features.map((feature) => {
    if (!Object.hasOwn(instance, feature.name)) {
      const hint = feature.nullable ? '; send null for a value that is not known' : '';
      throw invalid(i, feature.name, `is missing: expected ${aType(feature)}${hint}`);
    }
    return encodeValue(instance[feature.name], feature, i);
  });
  // A line without any character would be skipped by readers of CSV, and the answers would not match.
  return fields.length === 1 && fields[0] === '' ? '""' : fields.join(',');
}

function encodeValue(value: unknown, feature: Feature, i: number): string {
  const wrong = (): ApiError => invalid(i, feature.name, `expected ${aType(feature)}, got ${shown(value)}`);
  if (value === null || value === '') {
    if (!feature.nullable) throw wrong();
    if (value === '' && feature.type !== 'string') throw wrong();
    return '';
  }
  switch (feature.type) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong();
      return String(value);
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong();
      return String(value);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong();
      return String(value);
    case 'string':
      if (typeof value !== 'string') throw wrong();
      return quote(value);
  }
}

function quote(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function aType(feature: Feature): string {
  const article = feature.type === 'integer' ? 'an' : 'a';
  return `${article} ${feature.type}${feature.nullable ? ' or null' : ''}`;
}

function invalid(i: number, name: string, problem: string): ApiError {
  const field = `instances[${i}].${name}`;
  return new ApiError(400, 'InvalidInstance', `${field}: ${problem}`, field);
}
