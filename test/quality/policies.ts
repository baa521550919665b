import type { Resource, Synthesised } from './synthesise';

/** A statement of an IAM policy with its lists made lists. */
export interface Statement {
  /** Logical id of the resource that holds it. */
  readonly holder: string;
  readonly effect: string;
  readonly actions: string[];
  /** As text; an intrinsic function is its JSON. */
  readonly resources: string[];
  readonly principal?: unknown;
  readonly conditions: Record<string, Record<string, unknown>>;
  /** NotAction, NotResource and NotPrincipal, as far as the statement has them. */
  readonly negations: string[];
}

type Document = { readonly Statement: Record<string, unknown>[] };

const list = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function statements(holder: string, document: unknown): Statement[] {
  return ((document as Document | undefined)?.Statement ?? []).map((statement) => ({
    holder,
    effect: statement.Effect as string,
    actions: list(statement.Action).map(text),
    resources: list(statement.Resource).map(text),
    principal: statement.Principal,
    conditions: (statement.Condition ?? {}) as Statement['conditions'],
    negations: Object.keys(statement).filter((name) => name.startsWith('Not')),
  }));
}

const everyResource = ({ templates }: Synthesised): [string, Resource][] =>
  templates.flatMap(({ template }) => Object.entries(template.Resources));

/** What roles may do: managed policies, inline policies of roles and policies attached to them. */
export function identityStatements(synthesised: Synthesised): Statement[] {
  return everyResource(synthesised).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::Policy') {
      return statements(id, Properties.PolicyDocument);
    }
    if (Type !== 'AWS::IAM::Role') return [];
    return list(Properties.Policies).flatMap((policy) =>
      statements(id, (policy as { PolicyDocument: unknown }).PolicyDocument),
    );
  });
}

/** Who may become a role. */
export function trustStatements(synthesised: Synthesised): Statement[] {
  return everyResource(synthesised)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .flatMap(([id, { Properties }]) => statements(id, Properties?.AssumeRolePolicyDocument));
}

/** What resources say themselves about who may use them. */
export function resourceStatements(synthesised: Synthesised): Statement[] {
  return everyResource(synthesised).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type === 'AWS::KMS::Key') return statements(id, Properties.KeyPolicy);
    return /^AWS::(S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy)$/.test(Type)
      ? statements(id, Properties.PolicyDocument)
      : [];
  });
}
