import type { AuditAction, AuditEntry } from './audit-entry';
import type { AliasHistory, ModelState, VersionState } from './model-state';

/**
 * The model that a trail tells of: every entry applied to nothing, in order.
 *
 * @param entries - the whole trail, oldest first.
 * @returns undefined for an empty trail.
 * @throws Error when the trail has a gap or tells of what cannot be.
 */
export function replay(entries: readonly AuditEntry[]): ModelState | undefined {
  return entries.reduce<ModelState | undefined>((state, entry, index) => {
    if (entry.sequence !== index + 1) {
      throw new Error(
        `The audit trail has entry ${entry.sequence} where ${index + 1} should be: it is incomplete.`,
      );
    }
    return APPLY[entry.action](state, entry);
  }, undefined);
}

const NOTHING: ModelState = {
  name: '',
  tags: new Map(),
  deleted: false,
  managed: false,
  deployed: false,
  latestVersion: 0,
  versions: new Map(),
  aliases: new Map(),
};

type Apply = (state: ModelState | undefined, entry: AuditEntry) => ModelState;

/** What can only happen to a model that there is. */
const known =
  (apply: (state: ModelState, entry: AuditEntry) => ModelState): Apply =>
  (state, entry) => {
    if (state === undefined) {
      throw new Error(`The audit trail begins with "${entry.action}", before there is a model.`);
    }
    return apply(state, entry);
  };

const onVersion = (apply: (version: VersionState, entry: AuditEntry) => VersionState): Apply =>
  known((state, entry) => {
    const before = state.versions.get(entry.version ?? 0);
    if (before === undefined) {
      throw new Error(
        `Entry ${entry.sequence} of the audit trail, "${entry.action}", is about version ${entry.version}, which there is not.`,
      );
    }
    return { ...state, versions: withKey(state.versions, entry.version ?? 0, apply(before, entry)) };
  });

const withDescription = <T>(thing: T, { after }: AuditEntry): T => ({
  ...thing,
  description: (after as { description?: string }).description,
});

const withTag = <T extends { readonly tags: ReadonlyMap<string, string> }>(
  thing: T,
  { tag, after }: AuditEntry,
): T => ({ ...thing, tags: withKey(thing.tags, tag ?? '', String(after)) });

const withoutTag = <T extends { readonly tags: ReadonlyMap<string, string> }>(
  thing: T,
  { tag }: AuditEntry,
): T => ({ ...thing, tags: withoutKey(thing.tags, tag ?? '') });

const withApproval = (approval: string) => (version: VersionState) => ({ ...version, approval });

const APPLY: Record<AuditAction, Apply> = {
  'create-model': (state, { after }) => {
    const created = after as { name: string; description?: string; tags: [string, string][] };
    return {
      ...(state ?? NOTHING),
      name: created.name,
      description: created.description,
      tags: new Map(created.tags),
      deleted: false,
      managed: false,
      deployed: false,
    };
  },
  'update-model': known(withDescription),
  'rename-model': known((state, { after }) => ({ ...state, name: (after as { name: string }).name })),
  'delete-model': known((state) => ({
    ...state,
    description: undefined,
    tags: new Map(),
    deleted: true,
    versions: new Map(
      [...state.versions].map(([number, version]) => [number, { ...version, deleted: true }]),
    ),
  })),
  'set-model-tag': known(withTag),
  'delete-model-tag': known(withoutTag),
  'mark-deployed': known((state) => ({ ...state, deployed: true })),
  'register-model-version': (state, entry) => registered(state ?? NOTHING, entry),
  'update-model-version': onVersion(withDescription),
  'set-version-tag': onVersion(withTag),
  'delete-version-tag': onVersion(withoutTag),
  'transition-stage': onVersion((version, { after }) => ({
    ...version,
    stage: (after as { stage: string }).stage,
  })),
  'delete-model-version': onVersion((version) => ({ ...version, deleted: true })),
  'move-alias': known((state, { alias, after }) => {
    const { version, previous, revision } = after as AliasHistory;
    return { ...state, aliases: withKey(state.aliases, alias ?? '', { version, previous, revision }) };
  }),
  'delete-alias': known((state, { alias, after }) => {
    const { revision } = after as AliasHistory;
    const gone: AliasHistory = { version: undefined, previous: undefined, revision };
    return { ...state, aliases: withKey(state.aliases, alias ?? '', gone) };
  }),
  'request-approval': onVersion(withApproval('PENDING')),
  approve: onVersion(withApproval('APPROVED')),
  reject: onVersion(withApproval('REJECTED')),
};

interface Registered {
  readonly model: string;
  readonly source: string;
  readonly runId?: string;
  readonly description?: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly approval?: string;
  readonly managed?: boolean;
}

/** The first version that a pipeline registers makes the model as well, or brings it back. */
function registered(state: ModelState, { version = 0, after }: AuditEntry): ModelState {
  const made = after as Registered;
  if (version !== state.latestVersion + 1) {
    throw new Error(`The audit trail tells of version ${version} after version ${state.latestVersion}.`);
  }
  return {
    ...state,
    name: made.model,
    deleted: false,
    managed: state.managed || made.managed === true,
    latestVersion: version,
    versions: withKey(state.versions, version, {
      stage: 'None',
      description: made.description,
      tags: new Map(made.tags),
      source: made.source,
      runId: made.runId,
      approval: made.approval,
      deleted: false,
    }),
  };
}

function withKey<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function withoutKey<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
