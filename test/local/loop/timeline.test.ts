import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Timeline } from '../../../local/loop/timeline';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flywheel-timeline-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const turn = {
  trigger: 'data',
  deployment: 'unchanged',
  reasons: ['same bytes'],
  startedAt: 'a',
  endedAt: 'b',
} as const;

describe('the timeline', () => {
  it('names every field of a turn, null for what it did not come to', () => {
    const file = join(folder, 'below', 'timeline.json');
    new Timeline(file).add({ ...turn, datasetVersion: 'f940' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
      { ...turn, datasetVersion: 'f940', run: null, modelVersion: null, verdict: null },
    ]);
  });

  it('is complete on disk after each turn, so that an interrupted story leaves what it did', () => {
    const file = join(folder, 'timeline.json');
    const timeline = new Timeline(file);
    timeline.add(turn);
    timeline.add({ ...turn, deployment: 'live' });
    expect(
      JSON.parse(readFileSync(file, 'utf8')).map(({ deployment }: { deployment: string }) => deployment),
    ).toEqual(['unchanged', 'live']);
  });
});
