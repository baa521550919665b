import { describe, expect, it } from 'vitest';
import { anomalies, type Done, type Final } from './history';

const point = (step: number, value = 1) => ({ value, timestamp: 0, step });

const DONE: Done[] = [
  { kind: 'run', token: 'a', runId: 'r1' },
  { kind: 'version', model: 'm', token: 'b', version: 1 },
  { kind: 'version', model: 'm', token: 'c', version: 2 },
  { kind: 'metric', run: 'r', key: 'loss', point: point(1) },
  { kind: 'metric', run: 'r', key: 'loss', point: point(2) },
  { kind: 'param', run: 'r', key: 'depth', value: '3', accepted: true },
  { kind: 'param', run: 'r', key: 'depth', value: '4', accepted: false },
  { kind: 'tag', run: 'r', key: 't', value: 'x', seen: 'x' },
  { kind: 'alias', model: 'm', version: 2 },
];

function final(change: { run?: object; model?: object; runIds?: string[] } = {}): Final {
  return {
    runs: new Map([
      [
        'r',
        {
          params: new Map([['depth', '3']]),
          tags: new Map([['t', 'x']]),
          latest: new Map([['loss', point(2)]]),
          history: new Map([['loss', [point(1), point(2)]]]),
          ...change.run,
        },
      ],
    ]),
    models: new Map([['m', { versions: [2, 1], aliases: [['champion', 2]] as const, ...change.model }]]),
    runIds: change.runIds ?? ['r1'],
  };
}

describe('the checker of histories', () => {
  it('finds nothing where everything is as it was acknowledged', () => {
    expect(anomalies(DONE, final())).toEqual([]);
  });

  it.each<[string, Final, Done[], RegExp]>([
    ['a run made twice', final({ runIds: ['r1', 'r2'] }), [], /1 runs that nobody was told of/],
    ['a lost run', final({ runIds: [] }), [], /1 acknowledged runs are gone/],
    ['a gap between versions', final({ model: { versions: [1, 3] } }), [], /gaps in 1,3/],
    ['a version made twice', final({ model: { versions: [1, 2, 3] } }), [], /2 requests made 3 versions/],
    [
      'a number told twice',
      final(),
      [{ kind: 'version', model: 'm', token: 'd', version: 2 }],
      /told the same/,
    ],
    [
      'a latest metric that is not the latest',
      final({ run: { latest: new Map([['loss', point(1)]]) } }),
      [],
      /latest is/,
    ],
    [
      'a lost point',
      final({ run: { history: new Map([['loss', [point(2)]]]) } }),
      [],
      /2 points were logged, 1/,
    ],
    [
      'a point kept twice',
      final({ run: { history: new Map([['loss', [point(1), point(2), point(2)]]]) } }),
      [],
      /3 are kept/,
    ],
    [
      'a param that changed',
      final({ run: { params: new Map([['depth', '4']]) } }),
      [],
      /3 was accepted, 4 is kept/,
    ],
    [
      'two accepted values',
      final(),
      [{ kind: 'param', run: 'r', key: 'depth', value: '5', accepted: true }],
      /accepted as 3 and as 5/,
    ],
    ['a lost tag', final({ run: { tags: new Map() } }), [], /x was set, undefined is kept/],
    [
      'a tag read too late',
      final(),
      [{ kind: 'tag', run: 'r', key: 't', value: 'x', seen: undefined }],
      /read at once as undefined/,
    ],
    [
      'two champions',
      final({
        model: {
          aliases: [
            ['champion', 1],
            ['champion', 2],
          ],
        },
      }),
      [],
      /2 champions/,
    ],
    [
      'a champion that nobody made',
      final({ model: { aliases: [['champion', 1]] } }),
      [],
      /champion 1 was never made one/,
    ],
  ])('finds %s', (_, outcome, more, message) => {
    expect(anomalies([...DONE, ...more], outcome)).toContainEqual(expect.stringMatching(message));
  });
});
