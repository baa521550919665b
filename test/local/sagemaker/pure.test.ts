import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  captureFileName,
  captureFolder,
  captureLine,
  isSampled,
} from '../../../local/sagemaker/capture/record';
import { listPage } from '../../../local/sagemaker/control-plane/listing';
import { retained } from '../../../local/sagemaker/control-plane/retained-properties';
import { stateChangeEvent, upperSnake } from '../../../local/sagemaker/control-plane/state-events';
import { exitMessage } from '../../../local/sagemaker/jobs/failure-text';
import { compileMetric, MetricCollector } from '../../../local/sagemaker/jobs/metric-collector';
import {
  advance,
  firstProgress,
  isEnd,
  type TrainingStep,
} from '../../../local/sagemaker/jobs/training-status';
import { parseUsage, utilisation } from '../../../local/sagemaker/metrics/utilisation';
import { hostPath, rewritePaths } from '../../../local/sagemaker/processes/container-paths';
import {
  commandsFor,
  DEFAULT_IMAGES,
  entryPointCommand,
} from '../../../local/sagemaker/processes/image-manifest';
import type { DataCaptureConfig, EndpointConfig } from '../../../local/sagemaker/state/records';
import { relativeKey } from '../../../local/sagemaker/storage/s3-uri';

describe('paths of a container', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/);
  const path = fc.array(name, { maxLength: 4 }).map((parts) => ['/opt/ml', ...parts].join('/'));

  it('are rewritten wherever they stand, once', () => {
    fc.assert(
      fc.property(path, fc.constantFrom('', '--to=', '{"a":"', 'x ', "['"), (one, before) => {
        const text = `${before}${one}`;
        const rewritten = rewritePaths(text, '/jobs/1/opt/ml');
        expect(rewritten).toBe(`${before}/jobs/1/opt/ml${one.slice('/opt/ml'.length)}`);
        expect(rewritePaths(rewritten, '/jobs/1/opt/ml')).toBe(rewritten);
      }),
    );
  });

  it('leave alone what only looks like one', () => {
    for (const text of [
      '/opt/mlflow',
      '/home/opt/ml',
      '/opt/ml2/x',
      'opt/ml',
      './opt/ml',
      '/opt/ml-data/a',
    ]) {
      expect(rewritePaths(text, '/x')).toBe(text);
    }
  });

  it('stay in the folder that they must be in', () => {
    fc.assert(
      fc.property(path, (one) => {
        expect(hostPath(one, '/jobs/1')).toBe(`/jobs/1${one.slice('/opt/ml'.length)}`);
      }),
    );
    expect(() => hostPath('/opt/ml/processing/../x', '/j')).toThrow('/opt/ml/processing/../x');
    expect(() => hostPath('/opt/ml/input', '/j', '/opt/ml/processing')).toThrow(
      'must be below /opt/ml/processing',
    );
    expect(() => hostPath('/opt/ml/processing2', '/j', '/opt/ml/processing')).toThrow();
  });

  it.each([
    ['data/', 'data/a/b.csv', 'a/b.csv'],
    ['data', 'data/a.csv', 'a.csv'],
    ['data/a.csv', 'data/a.csv', 'a.csv'],
    ['data/tr', 'data/train/a.csv', 'train/a.csv'],
    ['', 'a.csv', 'a.csv'],
  ])('for the prefix "%s" the object %s lands at %s', (prefix, key, expected) => {
    expect(relativeKey(prefix, key)).toBe(expected);
  });
});

describe('metrics from the log', () => {
  it('keep the last value of each definition, with its time', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
        let at = 0;
        const collector = new MetricCollector([{ Name: 'loss', Regex: 'loss=(\\S+?);' }], () => at);
        for (const value of values) {
          at += 1;
          collector.read(`epoch ${at} loss=${value}; other=1;`);
          collector.read('nothing here');
        }
        expect(collector.result()).toEqual([
          { MetricName: 'loss', Value: Number.parseFloat(`${values.at(-1)}`), Timestamp: values.length },
        ]);
      }),
    );
  });

  it('need an expression with a group', () => {
    expect(() => compileMetric('auc', 'auc=[0-9.]+')).toThrow('"auc" has no group');
    expect(() => compileMetric('auc', 'auc=(')).toThrow('"auc" is not valid');
  });
});

describe('the status of a training job', () => {
  const steps: TrainingStep[] = [
    'Starting',
    'Downloading',
    'Training',
    'Interrupted',
    'Uploading',
    'Stopping',
    'Completed',
    'Failed',
    'Stopped',
    'MaxRuntimeExceeded',
    'MaxWaitTimeExceeded',
  ];

  it('never leaves an end, closes each transition, and keeps time in order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 20 }), (wanted) => {
        let progress = firstProgress(0);
        for (const [index, step] of wanted.entries()) {
          const before = progress;
          try {
            progress = advance(progress, step, index + 1);
          } catch {
            expect(progress).toBe(before);
            continue;
          }
          expect(isEnd(before.SecondaryStatus)).toBe(false);
        }
        const transitions = progress.SecondaryStatusTransitions;
        const open = transitions.filter(({ EndTime }) => EndTime === undefined);
        expect(open.length).toBe(isEnd(progress.SecondaryStatus) ? 0 : 1);
        for (const [index, one] of transitions.slice(0, -1).entries()) {
          expect(one.EndTime).toBe(transitions[index + 1]!.StartTime);
        }
        expect(transitions.at(-1)!.Status).toBe(progress.SecondaryStatus);
        const ended = ['Completed', 'Failed', 'Stopped'].includes(progress.TrainingJobStatus);
        expect(ended).toBe(isEnd(progress.SecondaryStatus));
      }),
    );
  });
});

describe('a capture record', () => {
  const config: DataCaptureConfig = {
    EnableCapture: true,
    InitialSamplingPercentage: 100,
    DestinationS3Uri: 's3://b/c',
    CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
  };
  const at = new Date('2013-07-04T09:05:06.789Z');

  it('gives back the very bytes, whatever the encoding', () => {
    const types = [
      ['text/csv; charset=utf-8', 'CSV'],
      ['application/json', 'JSON'],
      ['application/x-npy', 'BASE64'],
      [undefined, 'BASE64'],
    ] as const;
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(...types),
        (text, [contentType, encoding]) => {
          const body = Buffer.from(text);
          const line = captureLine(config, {
            eventId: 'e',
            at,
            input: { contentType, body },
            output: { contentType, body },
          });
          expect(line).not.toContain('\n');
          const { endpointInput, endpointOutput } = JSON.parse(line).captureData;
          expect([endpointInput.encoding, endpointOutput.encoding]).toEqual([encoding, encoding]);
          const back = Buffer.from(endpointInput.data, encoding === 'BASE64' ? 'base64' : 'utf8');
          expect(back.equals(body)).toBe(true);
        },
      ),
    );
  });

  it('holds only the sides that are asked for', () => {
    const part = { contentType: 'text/csv', body: Buffer.from('1') };
    const only = { ...config, CaptureOptions: [{ CaptureMode: 'Output' as const }] };
    const { captureData } = JSON.parse(captureLine(only, { eventId: 'e', at, input: part, output: part }));
    expect(Object.keys(captureData)).toEqual(['endpointOutput']);
  });

  it('lies in the folder of its hour', () => {
    expect(captureFolder('flights', 'AllTraffic', at)).toBe('flights/AllTraffic/2013/07/04/09');
    expect(captureFileName(at, 'id')).toBe('05-06-789-id.jsonl');
  });

  it('is taken for the given share of requests', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 99 }), (percent, drawn) => {
        const sampled = isSampled({ ...config, InitialSamplingPercentage: percent }, drawn / 100);
        expect(sampled).toBe(drawn < percent);
      }),
    );
    expect(isSampled({ ...config, EnableCapture: false }, 0)).toBe(false);
    expect(isSampled(undefined, 0)).toBe(false);
  });
});

describe('a listing', () => {
  it('shows everything exactly once over all pages, in order', () => {
    const resources = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-d]{1,3}$/), fc.integer({ min: 0, max: 3 })),
      {
        selector: ([name]) => name,
      },
    );
    fc.assert(
      fc.property(
        resources,
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('Name', 'CreationTime', 'Status'),
        fc.constantFrom('Ascending', 'Descending'),
        (pairs, MaxResults, SortBy, SortOrder) => {
          const all = pairs.map(([name, time]) => ({
            name,
            CreationTime: time,
            status: time % 2 ? 'A' : 'B',
          }));
          const shown = [];
          let NextToken: string | undefined;
          do {
            const page = listPage(
              all,
              { MaxResults, SortBy, SortOrder, NextToken },
              { sortBy: 'Name', sortOrder: 'Ascending' },
            );
            shown.push(...page.items);
            NextToken = page.nextToken;
          } while (NextToken !== undefined);
          expect(shown.map(({ name }) => name).sort()).toEqual(all.map(({ name }) => name).sort());
          const keys = shown.map(
            ({ name, CreationTime, status }) => ({ Name: name, CreationTime, Status: status })[SortBy]!,
          );
          const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(keys).toEqual(SortOrder === 'Ascending' ? sorted : sorted.reverse());
        },
      ),
    );
  });
});

describe('what an update retains', () => {
  const config = {
    ProductionVariants: [
      {
        VariantName: 'A',
        ModelName: 'm',
        InitialInstanceCount: 1,
        InstanceType: 't',
        InitialVariantWeight: 0,
      },
    ],
  } as unknown as EndpointConfig;
  const now = new Map([['A', { instanceCount: 5, weight: 3 }]]);

  it('is nothing unless asked for, and then all but what is excluded; a weight of 0 stays 0', () => {
    const of = (request: object) => retained(request, now, undefined, config).properties.get('A');
    expect(of({})).toEqual({ instanceCount: 1, weight: 0 });
    expect(of({ RetainAllVariantProperties: true })).toEqual({ instanceCount: 5, weight: 3 });
    expect(
      of({
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredWeight' }],
      }),
    ).toEqual({ instanceCount: 5, weight: 0 });
  });
});

describe('small conversions', () => {
  it('write statuses of endpoint events in upper snake case', () => {
    expect(['InService', 'Updating', 'UpdateRollbackFailed'].map(upperSnake)).toEqual([
      'IN_SERVICE',
      'UPDATING',
      'UPDATE_ROLLBACK_FAILED',
    ]);
  });

  it('give times in milliseconds and leave durations alone', () => {
    const { detail } = stateChangeEvent(
      'Training Job',
      'arn',
      { CreationTime: 1.5, TrainingTimeInSeconds: 7, Nested: [{ StartTime: 2 }] },
      [],
    );
    expect(detail).toEqual({
      CreationTime: 1500,
      TrainingTimeInSeconds: 7,
      Nested: [{ StartTime: 2000 }],
      Tags: {},
    });
  });

  it('cut an exit message at 1 KB without breaking a character', () => {
    expect(exitMessage(Buffer.from('ü'.repeat(600)))).toBe('ü'.repeat(512));
    expect(exitMessage(Buffer.from(`a${'ü'.repeat(600)}`))).toBe(`a${'ü'.repeat(511)}`);
  });

  it('find an image by the first pattern that fits', () => {
    const places = { python: '/venv/python', toolkit: '/toolkit' };
    const image = '1.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';
    expect(commandsFor(image, { 'nothing*': {}, ...DEFAULT_IMAGES })).toBe(
      DEFAULT_IMAGES['*sagemaker-scikit-learn*'],
    );
    expect(entryPointCommand(image, ['python3', 'a.py', '--x'], DEFAULT_IMAGES, places)).toEqual([
      '/venv/python',
      'a.py',
      '--x',
    ]);
    expect(() => commandsFor('a.b/c', { 'a?b/c': {} })).toThrow('a.b/c');
  });
});

describe('the use of CPU and memory', () => {
  it('is read from /proc, whatever the process is called', () => {
    const stat = '42 (py) thon 3) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 4 0 100 1000 200';
    const usage = parseUsage(stat, 'Name:\tpython\nVmRSS:\t   2048 kB\nThreads:\t4\n', 1000);
    expect(usage).toEqual({ cpuSeconds: 3, residentBytes: 2048 * 1024, atMs: 1000 });
  });

  it('is the share of the time between two samples', () => {
    const at = new Date(0);
    const before = { cpuSeconds: 1, residentBytes: 0, atMs: 0 };
    const [cpu] = utilisation('e', 'v', before, { cpuSeconds: 2, residentBytes: 0, atMs: 4000 }, at);
    expect(cpu).toEqual({
      namespace: '/aws/sagemaker/Endpoints',
      metricName: 'CPUUtilization',
      dimensions: { EndpointName: 'e', VariantName: 'v' },
      value: 25,
      unit: 'Percent',
      timestamp: at,
    });
  });
});
