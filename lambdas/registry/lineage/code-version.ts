import { CodeTag } from '../../../lib/registry/contract';
import type { Run } from '../entities';

type Coded = Pick<Run, 'tags' | 'params'>;

/** What a run's code is called: its commit, else the digest of its source; undefined when neither is known. */
export function codeName({ tags }: Coded): string | undefined {
  const commit = tags[CodeTag.COMMIT];
  const digest = tags[CodeTag.SOURCE_DIGEST];
  if (commit === undefined) return digest?.slice(0, 12);
  return `${commit.slice(0, 12)}${tags[CodeTag.DIRTY] === 'true' ? ' with changes' : ''}`;
}

/** Everything that is known of a run's code. */
export function codeFacts({ tags, params }: Coded): readonly (readonly [string, string | undefined])[] {
  return [
    ['commit', tags[CodeTag.COMMIT]],
    ['uncommitted changes', tags[CodeTag.DIRTY] === 'true' ? 'yes' : undefined],
    ['repository', tags[CodeTag.REPOSITORY]],
    ['source digest', tags[CodeTag.SOURCE_DIGEST]],
    ['source archive', params['flywheel.source']],
    ['image', params['flywheel.image']],
    ['image digest', tags[CodeTag.IMAGE_DIGEST]],
  ];
}
