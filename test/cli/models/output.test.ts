import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeLive, describeTrail } from '../../../cli/commands/models/history';
import { describeTree, findNode } from '../../../cli/commands/models/lineage';
import { describeModels } from '../../../cli/commands/models/list';
import { describeModel, describeVersion } from '../../../cli/commands/models/show';
import { describeComparison } from '../../../cli/commands/runs/compare';
import { describeRuns } from '../../../cli/commands/runs/list';
import { describeRun } from '../../../cli/commands/runs/show';
import { UserError } from '../../../cli/errors';
import { jsonOf, short } from '../../../cli/registry/format';
import { instant, versionNumber } from '../../../cli/registry/version-argument';
import { compareRuns } from '../../../lambdas/registry/lineage/compare-runs';
import type { RegisteredModel, RegisteredVersion } from '../../../lambdas/registry/models/model-store';
import { aRun } from '../../registry/samples';

const version = (text: string): RegisteredVersion => ({
  name: text,
  version: 1,
  stage: 'None',
  description: text,
  tags: new Map([[text, text]]),
  aliases: [text],
  userId: text,
  source: text,
  storageLocation: text,
  runId: text,
  approval: {
    status: 'APPROVED',
    requestedBy: text,
    requestedAt: '2013-02-01T00:00:00.000Z',
    decidedBy: text,
    decidedAt: '2013-02-01T00:00:00.000Z',
    decision: text,
  },
  creationTimestamp: 0,
  lastUpdatedTimestamp: 0,
});

const model = (text: string): RegisteredModel => ({
  name: text,
  description: text,
  tags: new Map([[text, text]]),
  aliases: new Map([[text, 1]]),
  latestVersions: [version(text)],
  creationTimestamp: 0,
  lastUpdatedTimestamp: 0,
  deployed: false,
});

const hostileRun = (text: string) =>
  aRun({
    reasons: [text],
    failure: text,
    params: { [text]: text },
    metrics: { [text]: 1 },
    tags: { 'mlflow.source.git.commit': text },
  });

describe('whatever names, tags and reasons hold', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '\u001b[2J',
      '\u202egnp.exe',
      '__proto__',
      'a\nchampion  1',
      '<img onerror=x>',
      'x'.repeat(8000),
    ),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is about them
  const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

  it('no command lets it steer the terminal, or pass for another row', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const entry = {
          ...{ sequence: 1, at: '2013-02-01T00:00:00.000Z', by: text, action: 'set-version-tag' as const },
          ...{ reason: text, version: 1, tag: text, before: text, after: text },
        };
        const live = {
          ...{ alias: 'champion', version: 1, since: entry.at, movedBy: text, reason: text, runId: text },
          ...{ dataset: text, datasetVersion: text, approvedBy: { by: text, at: entry.at, reason: text } },
        };
        const runs = [hostileRun(text), aRun()];
        const node = { id: `run:${text}`, kind: 'run' as const, name: text, facts: [['why', text]] as const };
        const outputs: [string, number][] = [
          [describeModels([model(text)]), 2],
          [describeTrail([entry], 1), 2],
          [describeRuns(runs, new Date(0)), 3],
          [describeTree({ node, children: [] }), 2],
          [describeLive(text, new Date(0), live), 12],
        ];
        for (const [output, lines] of outputs) {
          expect(output).not.toMatch(steering);
          expect(output.split('\n').length).toBeLessThanOrEqual(lines);
        }
        const more = [
          describeModel(model(text), [version(text)]),
          describeVersion({ version: version(text) }),
          describeRun(hostileRun(text)),
          describeComparison(runs, compareRuns(runs), true),
        ];
        for (const output of more) expect(output).not.toMatch(steering);
      }),
    );
  });

  it('JSON keeps every key, also __proto__', () => {
    const json = JSON.parse(JSON.stringify(jsonOf({ tags: new Map([['__proto__', 'x']]) })));
    expect(Object.getOwnPropertyNames(json.tags)).toEqual(['__proto__']);
  });

  it('long texts are cut where a table would burst', () => {
    expect(short('x'.repeat(100), 10)).toBe('xxxxxxx...');
  });
});

describe('arguments', () => {
  it('name versions by number, with or without a v', () => {
    expect([versionNumber('3'), versionNumber('v12')]).toEqual([3, 12]);
    for (const text of ['0', '-1', 'three', '1.5', 'latest', '']) {
      expect(() => versionNumber(text)).toThrow(UserError);
    }
  });

  it('name days by their end, and times as they are', () => {
    expect(instant('2013-03-31').toISOString()).toBe('2013-03-31T23:59:59.999Z');
    expect(instant('2013-03-31T14:05:00Z').toISOString()).toBe('2013-03-31T14:05:00.000Z');
    expect(() => instant('yesterday')).toThrow('"yesterday" is no date');
  });

  it('name runs and data by their first digits, as long as they are told apart', () => {
    const node = (kind: 'run' | 'dataset-version', name: string) => ({
      ...{ id: `${kind}:${name}`, kind, name, facts: [] },
    });
    const graph = {
      nodes: [node('run', 'data-1'), node('run', 'data-12'), node('dataset-version', 'flights/3fa9')],
      edges: [],
    };
    expect(findNode(graph, '3fa')).toBe('dataset-version:flights/3fa9');
    expect(findNode(graph, 'data-1')).toBe('run:data-1');
    expect(() => findNode(graph, 'data')).toThrow('"data" may be data-1 or data-12: give more digits.');
    expect(() => findNode(graph, 'zzz')).toThrow('Neither a run nor a dataset version');
  });
});
