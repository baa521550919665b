import type { Manifest, ManifestObject } from './entities';
import { createManifest } from './manifest';
import { firstLines } from './report';
import type { Resolution } from './resolve';

/** What a closed drop comes to. Several can hold at once: a drop may bring good files and bad ones. */
export interface Decision {
  /** The version to make current. */
  readonly accept?: Manifest;
  /** The drop as it was, bad files included: the version that is kept out. */
  readonly quarantine?: Manifest;
  /** Why a drop of objects changes nothing. */
  readonly unchanged?: readonly string[];
}

const short = (id: string): string => id.slice(0, 8);

/** The drop with its bad content: for each key the newest content that is bad, or else the accepted one. */
function asDropped({ accepted, offending }: Resolution): ManifestObject[] {
  const objects = new Map(accepted.map((object) => [object.key, object]));
  const bad = new Set<string>();
  for (const { object } of offending) {
    if (bad.has(object.key)) continue;
    bad.add(object.key);
    objects.set(object.key, object);
  }
  return [...objects.values()];
}

function reasonsUnchanged(parent: Manifest | undefined, { same, repeated }: Resolution): string[] {
  return [
    ...same.map(({ key }) => `${key} has the same bytes as in version ${short(parent?.id ?? '')}`),
    ...repeated.map(
      ({ object, before }) =>
        `${object.key} has the bytes that were quarantined at ${before.at} (report ${before.reportUri})`,
    ),
  ];
}

/** Decides what becomes of a dataset whose keys stand for `resolution`, when `parent` is its current version. */
export function decide(dataset: string, parent: Manifest | undefined, resolution: Resolution): Decision {
  const { accepted, offending } = resolution;
  const next = accepted.length > 0 ? createManifest(dataset, accepted, parent?.id) : undefined;
  const accept = next !== undefined && next.id !== parent?.id ? { accept: next } : {};
  if (offending.length > 0) {
    return { ...accept, quarantine: createManifest(dataset, asDropped(resolution), parent?.id) };
  }
  if (accept.accept !== undefined) return accept;
  const unchanged = firstLines(reasonsUnchanged(parent, resolution));
  if (next === undefined && parent !== undefined) {
    unchanged.push(`no usable object is left, so version ${short(parent.id)} stays current`);
  }
  return unchanged.length > 0 ? { unchanged } : {};
}
