import { type ApiError, invalidParameter, shown } from './errors';

/**
 * Decodes requests as protobuf's JSON mapping does: unknown fields are ignored, null is absent, numbers may be texts,
 * names may be in camelCase. The messages are those of MLflow's server, so that people find what they search for.
 */
export interface Field<T> {
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  /** Of a list: its elements. */
  readonly element?: Field<unknown>;
  /** Of a message: its fields. */
  readonly shape?: Shape;
  /** Of an enumeration: its names. */
  readonly names?: readonly string[];
  /** @throws ApiError naming the path. @returns undefined for what is absent. */
  decode(value: unknown, path: string): T;
}

export type FieldKind = 'string' | 'int' | 'double' | 'bool' | 'enum' | 'list' | 'message';
// biome-ignore lint/suspicious/noExplicitAny: a shape holds fields of all types; Decoded recovers them
export type Shape = Readonly<Record<string, Field<any>>>;
export type Decoded<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never;
};

const SEE_DOCS = 'See the API docs for more information about request parameters.';

function wrongType(path: string, value: unknown): ApiError {
  return invalidParameter(
    `Invalid value ${shown(value)} for parameter '${path}' supplied: Hint: Value was of type '${typeName(value)}'. ${SEE_DOCS}`,
  );
}

const missing = (path: string): ApiError =>
  invalidParameter(`Missing value for required parameter '${path}'. ${SEE_DOCS}`);

/** What Python calls the type, since the hint is for its users. */
function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { string: 'str', boolean: 'bool', object: 'dict' }[typeof value as string] ?? typeof value;
}

function optional<T>(
  kind: FieldKind,
  read: (value: unknown, path: string) => T,
  details: Partial<Field<T | undefined>> = {},
): Field<T | undefined> {
  return {
    kind,
    isRequired: false,
    ...details,
    decode: (value, path) => (value === undefined || value === null ? undefined : read(value, path)),
  };
}

/** The field must be there, and not be an empty text, which protobuf can't tell from an absent one. */
export function required<T>(field: Field<T | undefined>): Field<T> {
  return {
    ...(field as Field<T>),
    isRequired: true,
    decode: (value, path) => {
      const decoded = value === '' ? undefined : field.decode(value, path);
      if (decoded === undefined) throw missing(path);
      return decoded;
    },
  };
}

export const string = optional('string', (value, path) => {
  if (typeof value !== 'string') throw wrongType(path, value);
  return value;
});

/** Text that clients also send as a number: the id of an experiment. */
export const stringOrNumber = optional('string', (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') throw wrongType(path, value);
  return value;
});

/** A whole number, also as a text. JSON numbers are exact up to 2^53, and so is what the registry keeps. */
export const int = optional('int', (value, path) => {
  const isText = typeof value === 'string' && /^[+-]?\d+$/.test(value);
  if (typeof value !== 'number' && !isText) throw wrongType(path, value);
  const number = Number(value);
  if (!Number.isInteger(number)) throw wrongType(path, value);
  if (!Number.isSafeInteger(number)) {
    throw invalidParameter(
      `Invalid value ${shown(value)} for parameter '${path}' supplied: whole numbers are kept exactly up to 2^53.`,
    );
  }
  return number === 0 ? 0 : number;
});

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** A double: a number, a text that is one, or `NaN`, `Infinity` and `-Infinity`. */
export const double = optional('double', (value, path) => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw wrongType(path, value);
  const special = SPECIAL.get(value);
  if (special !== undefined) return special;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) throw wrongType(path, value);
  return Number(value);
});

/** True or false; in a query also as Python writes them. */
export const bool = optional('bool', (value, path) => {
  if (typeof value !== 'boolean') throw wrongType(path, value);
  return value;
});

/** One of the names, or its number as protobuf counts them. */
export function enumeration<N extends string>(numbers: Readonly<Record<N, number>>): Field<N | undefined> {
  const names = Object.keys(numbers) as N[];
  return optional(
    'enum',
    (value, path) => {
      const name = names.find((each) => each === value || String(numbers[each]) === String(value));
      if (name === undefined) {
        throw invalidParameter(
          `Invalid value ${shown(value)} for parameter '${path}' supplied: it is one of ${names.join(', ')}. ${SEE_DOCS}`,
        );
      }
      return name;
    },
    { names },
  );
}

/** Absent is empty. */
export function list<T>(element: Field<T>): Field<readonly Exclude<T, undefined>[]> {
  return {
    kind: 'list',
    isRequired: false,
    element: element as Field<unknown>,
    decode: (value, path) => {
      if (value === undefined || value === null) return [];
      if (!Array.isArray(value)) throw wrongType(path, value);
      return value.map((each, index) => {
        const decoded = element.decode(each, `${path}[${index}]`);
        if (decoded === undefined) throw wrongType(`${path}[${index}]`, each);
        return decoded as Exclude<T, undefined>;
      });
    },
  };
}

/** A list that must have an element. */
export function nonEmpty<T>(field: Field<readonly T[]>): Field<readonly T[]> {
  return {
    ...field,
    isRequired: true,
    decode: (value, path) => {
      const decoded = field.decode(value, path);
      if (decoded.length === 0) throw missing(path);
      return decoded;
    },
  };
}

export function message<S extends Shape>(shape: S): Field<Decoded<S> | undefined> {
  return optional(
    'message',
    (value, path) => {
      if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path, value);
      return decodeShape(shape, value as Record<string, unknown>, `${path}.`);
    },
    { shape },
  );
}

/** Every field of the shape, read from an object. */
export function decodeShape<S extends Shape>(
  shape: S,
  source: Readonly<Record<string, unknown>>,
  prefix = '',
): Decoded<S> {
  const decoded: Record<string, unknown> = {};
  for (const name in shape) {
    decoded[name] = shape[name]!.decode(fieldIn(source, name, prefix), `${prefix}${name}`);
  }
  return decoded as Decoded<S>;
}

const CAMEL = new Map<string, string>();

function camelCase(name: string): string {
  let camel = CAMEL.get(name);
  if (camel === undefined) {
    camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    CAMEL.set(name, camel);
  }
  return camel;
}

function fieldIn(source: Readonly<Record<string, unknown>>, name: string, prefix: string): unknown {
  const own = Object.hasOwn(source, name);
  const camel = camelCase(name);
  if (camel === name || !Object.hasOwn(source, camel)) return own ? source[name] : undefined;
  if (own) {
    throw invalidParameter(
      `Request specifies both '${prefix}${name}' and '${prefix}${camel}'; provide only one of them.`,
    );
  }
  return source[camel];
}
