import { InvalidParameterError } from '../../tracking/errors';
import { stringsOf } from './list-literal';
import type { Node } from './nodes';
import { shownList } from './python';
import { quoted } from './quotes';

export const isNumber = (node: Node): boolean => node.kind === 'integer' || node.kind === 'float';
export const isText = (node: Node): boolean => node.kind === 'string' || node.kind === 'identifier';
export const isList = (node: Node): boolean => node.kind === 'group' && node.text.startsWith('(');

/** The quoted text of a tag or param. */
export function textValue(type: string, node: Node): string {
  if (isText(node)) return quoted(node.text);
  throw new InvalidParameterError(
    `Expected a quoted string value for ${type} (e.g. 'my-value'). Got value ${node.text}`,
  );
}

/** The strings of a list, where the attribute is one that lists may be compared with. */
export function listValue(key: string, supported: readonly string[], node: Node): readonly string[] {
  if (supported.includes(key)) return stringsOf(node.text);
  throw new InvalidParameterError(
    `Only ${shownList(supported)} attributes support comparison with a list of quoted string values.`,
  );
}
