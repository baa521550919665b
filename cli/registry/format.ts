import type { RegisteredVersion } from '../../lambdas/registry/models/model-store';
import { printable } from '../output';

/** `2013-03-31 14:05:09` in UTC. */
export const moment = (time: string | number): string =>
  new Date(time).toISOString().slice(0, 19).replace('T', ' ');

/** A number in at most five significant digits. */
export const figure = (value: number | undefined): string =>
  value === undefined ? '-' : String(Number(value.toPrecision(5)));

/** The text in one line of at most so many characters. */
export function short(text: string | undefined, length = 60): string {
  const line = printable(text ?? '-').replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 3)}...`;
}

/** Names and texts below each other, the names in a column of their own. Absent texts are left out. */
export function factLines(facts: readonly (readonly [string, string | undefined])[]): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, text]) => `${name.padEnd(width)}  ${oneLine(text)}`).join('\n');
}

const oneLine = (text: string): string => printable(text).replace(/[\r\n\t]+/g, ' ');

/** Who said what about a version, in a few words. */
export function approvalText({ approval }: Pick<RegisteredVersion, 'approval'>): string {
  if (approval === undefined) return '-';
  return approval.decidedBy === undefined
    ? `${approval.status} since ${moment(approval.requestedAt)}`
    : `${approval.status} by ${approval.decidedBy}`;
}

/** Maps as objects, for JSON. A key such as `__proto__` stays a key. */
export function jsonOf(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, entry]) => [String(key), jsonOf(entry)]));
  }
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, jsonOf(entry)]));
  }
  return value;
}
