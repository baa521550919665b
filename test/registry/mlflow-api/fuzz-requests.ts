import fc from 'fast-check';
import type { Field, Shape } from '../../../lambdas/registry/mlflow-api/decode';
import type { Route } from '../../../lambdas/registry/mlflow-api/router';

/** What a request is made of. Values in `Known` are looked up when it is sent, so that requests meet what others made. */
export interface FuzzRequest {
  readonly route: Route;
  /** The prefix under which it is sent, where there are several. */
  readonly ajax: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Replaces the body that the fields make. */
  readonly rawBody?: string;
  readonly contentType?: string;
  /** Appended to the query as it is. */
  readonly rawQuery?: string;
}

/** A value that an earlier answer held, by the name of its field. */
export class Known {
  constructor(readonly pick: number) {}
}

const NASTY = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '..%2f..%2fetc',
  'a/../../b',
  'file:///etc/passwd',
  's3://somebody-else/secret',
  'mlflow-artifacts:/../x',
  'models:/m/1',
  'runs:/x/y',
  'http://169.254.169.254/latest',
  '<img src=x onerror=alert(1)>',
  '‮gnp.exe',
  '\u001b[31mred\u001b[0m',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  '{{7*7}}',
  '#',
  '?',
  '%',
  '%zz',
  "'; drop table runs; --",
  'x'.repeat(300),
  'x'.repeat(9_000),
  // More than an item of the table holds.
  'x'.repeat(500_000),
  'NaN',
  'latest',
  'v1',
  '9'.repeat(40),
  '-1',
  '0',
  'None',
  'Production',
];

/** Texts that filters and orders are made of, right and wrong. */
const CLAUSES = [
  'metrics.accuracy > 0.5',
  'metrics.`a b` <= -1e308',
  "params.depth = '3'",
  "params.depth LIKE '%3'",
  "tags.team ILIKE 'T%'",
  "attributes.status = 'FINISHED'",
  "attributes.run_id IN ('a', 'b')",
  'start_time > 0',
  "name LIKE 'm%'",
  "datasets.name = 'd'",
  'metrics.accuracy DESC',
  'attributes.start_time ASC',
  'metrics.accuracy',
  'last_updated_timestamp DESC',
  'name ASC',
  'AND',
  'OR',
  "metrics.x > 'text'",
  'params.x > 3',
  'tags.x IS NULL',
  '((((',
  "'",
  '`',
  'metrics.',
  '.x = 1',
  'run_id IN (',
];

const text: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: fc.nat(10_000).map((pick) => new Known(pick)) },
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }) },
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_-]{1,12}$/) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: 'binary' }) },
);

const clause: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...CLAUSES),
  fc.array(fc.constantFrom(...CLAUSES), { minLength: 2, maxLength: 3 }).map((parts) => parts.join(' AND ')),
  fc.string({ maxLength: 30 }),
);

const whole: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(0, 1, 5, 100, '7', 1_700_000_000_000, '1700000000000'),
  fc.constantFrom<unknown>(-1, 2 ** 53, -(2 ** 63), '9223372036854775807', 1e308, 0.5, '1e3'),
  fc.maxSafeInteger(),
);

const real: fc.Arbitrary<unknown> = fc.oneof(
  fc.double(),
  fc.constantFrom<unknown>('NaN', 'Infinity', '-Infinity', 'x', 1e308, -0, '1e400'),
);

/** Anything that JSON can say, where something else is wanted. */
const wrong: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 2 });

/** Names of fields that hold more than free text. */
const GRAMMAR = /^(filter|filter_string|order_by)$/;

function anyOf(field: Field<unknown>, name: string): fc.Arbitrary<unknown> {
  const right = ((): fc.Arbitrary<unknown> => {
    switch (field.kind) {
      case 'string':
        return GRAMMAR.test(name) ? clause : text;
      case 'int':
        return whole;
      case 'double':
        return real;
      case 'bool':
        return fc.boolean();
      case 'enum':
        return fc.constantFrom<unknown>(...(field.names ?? []), 0, 99, 'NOPE');
      case 'list':
        return fc.array(anyOf(field.element as Field<unknown>, name), { maxLength: 4 });
      case 'message':
        return fieldsOf(field.shape ?? {});
    }
  })();
  return fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

/** Most fields are there, some not, and at times one that nobody knows. */
function fieldsOf(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const arbitraries: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(shape)) {
    arbitraries[name] = fc.oneof(
      { weight: field.isRequired ? 40 : 3, arbitrary: anyOf(field, name) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
  }
  return fc
    .record(arbitraries)
    .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
}

/** What endpoints read that take no JSON: they have no shape. */
const QUERY = fc.record({
  run_id: text,
  run_uuid: text,
  path: text,
  name: text,
  version: text,
  metric_key: text,
});

const RAW_BODIES = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constantFrom('[]', '"{}"', 'null', '{"a":', '0', '"\\"x\\""'),
);
const CONTENT_TYPES = fc.constantFrom('text/plain', 'application/json; charset=utf-8', '');
const RAW_QUERIES = fc.constantFrom('a=1&a=2', '%', '%zz=%', '&&&==', '__proto__=1', 'max_results=x');

/** Once in so many requests. */
const seldom = <T>(every: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: every - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Requests of every endpoint in equal shares, made from what it says that it reads. */
export function fuzzRequests(routes: readonly Route[]): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    ...routes.map((route) => {
      const shape = route[4].shape;
      return fc.record({
        route: fc.constant(route),
        ajax: fc.boolean(),
        fields: Object.keys(shape).length === 0 ? QUERY : fieldsOf(shape),
        rawBody: seldom(30, RAW_BODIES),
        contentType: seldom(30, CONTENT_TYPES),
        rawQuery: seldom(20, RAW_QUERIES),
      }) as fc.Arbitrary<FuzzRequest>;
    }),
  );
}
