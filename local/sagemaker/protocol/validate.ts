import { ApiError, validation } from './errors';
import { type Shape, shapeNamed } from './shapes';

type Report = (problem: string) => void;

type Check = (shape: Shape, value: unknown, path: string, report: Report) => void;

/** By type; blobs and timestamps are not checked. */
const CHECKS: Readonly<Record<string, Check>> = {
  structure: checkStructure,
  list: checkList,
  map: checkMap,
  string: checkString,
  integer: checkNumber,
  long: checkNumber,
  float: checkNumber,
  double: checkNumber,
  boolean: checkBoolean,
};

const patterns = new Map<string, RegExp>();

/**
 * Checks a request against a shape of the service model and reports every violation in AWS's words.
 *
 * @throws ApiError ValidationException listing the violations, or SerializationException for a wrong type.
 */
export function validateInput(shapeName: string, input: unknown): void {
  const problems: string[] = [];
  check(shapeNamed(shapeName), input, '', (problem) => problems.push(problem));
  if (problems.length > 0) {
    const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
    throw validation(`${count}: ${problems.join('; ')}`);
  }
}

function check(shape: Shape, value: unknown, path: string, report: Report): void {
  const checkType = CHECKS[shape.type];
  checkType?.(shape, value, path, report);
}

function checkStructure(shape: Shape, input: unknown, path: string, report: Report): void {
  const value = expectObject(input, path);
  for (const name of shape.required ?? []) {
    if (isMissing(value[name])) {
      report(violation('null', child(path, name), 'Member must not be null'));
    }
  }
  for (const [name, memberShape] of Object.entries(shape.members ?? {})) {
    if (!isMissing(value[name])) {
      check(shapeNamed(memberShape), value[name], child(path, name), report);
    }
  }
}

function checkList(shape: Shape, value: unknown, path: string, report: Report): void {
  if (!Array.isArray(value)) {
    throw wrongType(value, path, 'a list');
  }
  checkLength(shape, value.length, JSON.stringify(value), path, report);
  for (const [index, item] of value.entries()) {
    check(shapeNamed(shape.member!), item, `${path}.${index + 1}.member`, report);
  }
}

function checkMap(shape: Shape, input: unknown, path: string, report: Report): void {
  const value = expectObject(input, path);
  const entries = Object.entries(value);
  checkLength(shape, entries.length, JSON.stringify(value), path, report);
  for (const [key, item] of entries) {
    check(shapeNamed(shape.key!), key, path, report);
    check(shapeNamed(shape.value!), item, `${path}.${key}.member`, report);
  }
}

function checkString(shape: Shape, value: unknown, path: string, report: Report): void {
  if (typeof value !== 'string') {
    throw wrongType(value, path, 'a String');
  }
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    report(violation(value, path, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
    return;
  }
  checkLength(shape, value.length, value, path, report);
  if (shape.pattern !== undefined && !compiled(shape.pattern).test(value)) {
    report(violation(value, path, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  }
}

function checkNumber(shape: Shape, value: unknown, path: string, report: Report): void {
  const whole = shape.type === 'integer' || shape.type === 'long';
  if (typeof value !== 'number' || (whole && !Number.isInteger(value))) {
    throw wrongType(value, path, whole ? 'an Integer' : 'a Float');
  }
  if (shape.min !== undefined && value < shape.min) {
    report(violation(value, path, `Member must have value greater than or equal to ${shape.min}`));
  }
  if (shape.max !== undefined && value > shape.max) {
    report(violation(value, path, `Member must have value less than or equal to ${shape.max}`));
  }
}

function checkBoolean(_shape: Shape, value: unknown, path: string): void {
  if (typeof value !== 'boolean') {
    throw wrongType(value, path, 'a Boolean');
  }
}

function checkLength(shape: Shape, length: number, shown: string, path: string, report: Report): void {
  if (shape.min !== undefined && length < shape.min) {
    report(violation(shown, path, `Member must have length greater than or equal to ${shape.min}`));
  }
  if (shape.max !== undefined && length > shape.max) {
    report(violation(shown, path, `Member must have length less than or equal to ${shape.max}`));
  }
}

function violation(value: string | number, path: string, constraint: string): string {
  const shown = value === 'null' ? 'Value null' : `Value '${value}'`;
  return `${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** Member names start in lower case in AWS's messages. */
function child(path: string, name: string): string {
  const shown = name.charAt(0).toLowerCase() + name.slice(1);
  return path === '' ? shown : `${path}.${shown}`;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function expectObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongType(value, path, 'a structure');
  }
  return value as Record<string, unknown>;
}

function wrongType(value: unknown, path: string, wanted: string): ApiError {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return new ApiError('SerializationException', `${path || 'The request'}: ${kind} is not ${wanted}`);
}

function compiled(pattern: string): RegExp {
  let regex = patterns.get(pattern);
  if (regex === undefined) {
    const source = `^(?:${pattern.replaceAll('\\p{Alnum}', '\\p{L}\\p{N}')})$`;
    try {
      regex = new RegExp(source, 'u');
    } catch {
      regex = new RegExp(source);
    }
    patterns.set(pattern, regex);
  }
  return regex;
}
