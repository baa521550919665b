import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../lambdas/registry/mlflow-api/routes';
import { promoteCalls, readCalls, writeCalls } from '../../lib/registry/granted-calls';
import { ModelRegistry } from '../../lib/registry/model-registry';
import {
  accessOfGroups,
  includes,
  PROMOTIONS,
  READS,
  requiredAccess,
} from '../../lib/registry/tracking-contract';

type Kind = 'grantRead' | 'grantWrite' | 'grantPromote';

/** [action, resource] of each permission that a grant gives. */
function granted(kind: Kind): [string, string][] {
  const stack = new Stack(new App(), 'Registry');
  const registry = new ModelRegistry(stack, 'Registry', { trackingApi: true });
  registry[kind](new iam.Role(stack, 'Grantee', { assumedBy: new iam.AccountRootPrincipal() }));
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) =>
      (Properties.PolicyDocument.Statement as Record<string, unknown>[]).flatMap(({ Action, Resource }) =>
        list(Action).flatMap((action) =>
          list(Resource).map((resource): [string, string] => [String(action), JSON.stringify(resource)]),
        ),
      ),
  );
}

/** Whether IAM would let a call through: what follows the stage in a resource, with `*` for anything. */
function allows(permissions: readonly [string, string][], method: string, path: string): boolean {
  return permissions
    .filter(([action]) => action === 'execute-api:Invoke')
    .map(([, resource]) => /\/prod\/([^"]+)"/.exec(resource)?.[1] ?? 'nothing')
    .some((pattern) =>
      new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(
        method + path,
      ),
    );
}

const grants = {
  grantRead: granted('grantRead'),
  grantWrite: granted('grantWrite'),
  grantPromote: granted('grantPromote'),
};

const api = (path: string) => `/api/2.0/mlflow/${path}`;
const CALLS: [string, string, Kind][] = [
  ['GET', api('runs/get'), 'grantRead'],
  ['POST', api('runs/search'), 'grantRead'],
  ['POST', api('registered-models/get-latest-versions'), 'grantRead'],
  ['GET', '/api/2.0/mlflow-artifacts/artifacts/a/b.txt', 'grantRead'],
  ['GET', '/version', 'grantRead'],
  ['POST', api('runs/create'), 'grantWrite'],
  ['POST', api('runs/log-batch'), 'grantWrite'],
  ['POST', api('experiments/create'), 'grantWrite'],
  ['POST', api('logged-models'), 'grantWrite'],
  ['PATCH', api('logged-models/m-1'), 'grantWrite'],
  ['POST', api('model-versions/create'), 'grantWrite'],
  ['PUT', '/api/2.0/mlflow-artifacts/artifacts/a/b.txt', 'grantWrite'],
  ['POST', api('registered-models/alias'), 'grantPromote'],
  ['DELETE', api('registered-models/alias'), 'grantPromote'],
  ['POST', api('model-versions/transition-stage'), 'grantPromote'],
  ['DELETE', api('registered-models/delete'), 'grantPromote'],
];

describe('permissions of the tracking API', () => {
  it.each(CALLS)('%s %s comes with %s', (method, path, kind) => {
    expect(allows(grants[kind], method, path)).toBe(true);
  });

  it('to read include nothing that writes or promotes', () => {
    const others = CALLS.filter(([, , kind]) => kind !== 'grantRead');
    expect(others.filter(([method, path]) => allows(grants.grantRead, method, path))).toEqual([]);
  });

  it('to write and to promote include reading, and not each other', () => {
    const among = (held: Kind, kind: Kind) =>
      CALLS.filter(([method, path, needed]) => needed === kind && allows(grants[held], method, path));
    expect(among('grantWrite', 'grantRead')).toHaveLength(5);
    expect(among('grantPromote', 'grantRead')).toHaveLength(5);
    expect(among('grantWrite', 'grantPromote')).toEqual([]);
    expect(among('grantPromote', 'grantWrite')).toEqual([]);
  });

  it('never cover a path that goes around by dots, doubled slashes or encoding', () => {
    const tricks = [
      api('registered-models//alias'),
      api('./registered-models/alias'),
      api('registered-models/%61lias'),
      '/api/2.0/mlflow//registered-models/alias',
    ];
    for (const path of tricks) {
      expect(allows(grants.grantWrite, 'POST', path)).toBe(false);
      expect(allows(grants.grantPromote, 'POST', path)).toBe(false);
    }
  });

  it("cover clients' prefix only: the web UI's is for people with a token", () => {
    for (const permissions of Object.values(grants)) {
      expect(allows(permissions, 'GET', '/ajax-api/2.0/mlflow/runs/get')).toBe(false);
    }
  });

  it('let nobody write records past the API, apart from promoting', () => {
    const writing = (kind: Kind) =>
      grants[kind]
        .map(([action]) => action)
        .filter((action) => /dynamodb:(Put|Update|Delete|BatchWrite)/.test(action));
    expect(writing('grantRead')).toEqual([]);
    expect(writing('grantWrite')).toEqual([]);
    expect(writing('grantPromote')).toEqual(['dynamodb:PutItem']);
  });

  it('to write include uploads of artifacts of experiments, and of nothing else', () => {
    const uploads = grants.grantWrite.filter(([action]) => action === 's3:PutObject');
    expect(uploads).toHaveLength(1);
    expect(uploads[0]![1]).toContain('/experiments/*');
  });

  it('fit into the 10,240 characters that the policies of a role may have', () => {
    const arns = [...readCalls(), ...writeCalls(), ...promoteCalls()].map(
      ([method, path]) => `arn:aws:execute-api:ap-southeast-2:123456789012:abcdefghij/prod/${method}${path}`,
    );
    expect(JSON.stringify(arns).length).toBeLessThan(7_000);
  });
});

describe('the access that a call needs', () => {
  it('is told alike for clients and for the web UI', () => {
    for (const [method, path] of [...READS, ...PROMOTIONS]) {
      const full = path.replace('*', 'x');
      expect(requiredAccess(method, `/ajax-api/2.0/${full}`)).toBe(
        requiredAccess(method, `/api/2.0/${full}`),
      );
    }
  });

  it('is unknown for what the API does not have', () => {
    expect(requiredAccess('POST', '/api/2.0/mlflow/registered-models//alias')).toBeUndefined();
    expect(requiredAccess('DELETE', '/health')).toBeUndefined();
    expect(requiredAccess('POST', '/api/2.0/preview/mlflow/runs/create')).toBeUndefined();
    expect(requiredAccess('PUT', '/api/2.0/mlflow/runs/create')).toBeUndefined();
  });

  it('is held by groups: writers log, promoters do all, others read', () => {
    const policy = { groupsClaim: 'groups', writers: ['w'], promoters: ['p'] };
    expect(accessOfGroups(policy, ['w'])).toBe('write');
    expect(accessOfGroups(policy, ['w', 'p'])).toBe('promote');
    expect(accessOfGroups(policy, [])).toBe('read');
    expect(accessOfGroups({ groupsClaim: 'groups' }, ['anything'])).toBe('write');
    expect(includes('write', 'read')).toBe(true);
    expect(includes('write', 'promote')).toBe(false);
  });
});

describe('every endpoint of the API', () => {
  const endpoints = ROUTES.flatMap(([method, prefix, version, path]): [string, string][] => {
    if (prefix === 'bare') return [[method, path]];
    const ajax: [string, string] = [method, `/ajax-api/${version}${path}`];
    return prefix === 'ajax' ? [ajax] : [[method, `/api/${version}${path}`], ajax];
  }).map(([method, path]): [string, string] => [method, path.replace(/\{[^}]+\}/g, 'x')]);

  it('needs a permission that somebody can have', () => {
    const unknown = endpoints.filter(([method, path]) => requiredAccess(method, path) === undefined);
    expect(unknown).toEqual([]);
  });

  it('that clients call is covered by exactly the grant that it needs', () => {
    const held: Record<string, ReadonlySet<Kind>> = {
      read: new Set<Kind>(['grantRead', 'grantWrite', 'grantPromote']),
      write: new Set<Kind>(['grantWrite']),
      promote: new Set<Kind>(['grantPromote']),
    };
    for (const [method, path] of endpoints.filter(([, path]) => path.startsWith('/api/'))) {
      const covering = (['grantRead', 'grantWrite', 'grantPromote'] as const).filter((kind) =>
        allows(grants[kind], method, path),
      );
      expect([method, path, new Set(covering)]).toEqual([
        method,
        path,
        held[requiredAccess(method, path) ?? ''],
      ]);
    }
  });

  it('that changes something is no GET', () => {
    const changing = /create|delete|restore|update|set-|log-|outputs|rename|transition|finalize|upload/;
    expect(endpoints.filter(([method, path]) => method === 'GET' && changing.test(path))).toEqual([]);
  });
});
