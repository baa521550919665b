import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../lambdas/training/trigger-events';

const to = { model: 'flights', dataset: 'departures' };
const sentAt = new Date('2013-03-01T12:34:56Z');
const decode = (event: object) => decodeMessage(JSON.stringify(event), sentAt, to);

const alarm = (value: string, previous: string, timestamp = '2013-03-01T12:00:00.000+0000') => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: {
    alarmName: 'flights-drift',
    state: { value, reason: 'Threshold Crossed: 1 datapoint [3.0]', timestamp },
    previousState: { value: previous },
  },
});

describe('a message of the triggers queue', () => {
  it('about a new dataset version is a data trigger of that version', () => {
    const event = {
      source: 'flywheel',
      'detail-type': 'Dataset Version Created',
      time: '2013-03-01T12:00:00Z',
      detail: { dataset: 'departures', datasetVersion: 'abcdef0123456789', rows: 27004 },
    };
    expect(decode(event)).toEqual({
      kind: 'trigger',
      trigger: {
        key: 'data:abcdef0123456789',
        trigger: 'data',
        reasons: ['dataset version abcdef01 of "departures" was accepted with 27004 rows'],
        datasetVersion: 'abcdef0123456789',
        requestedAt: '2013-03-01T12:00:00Z',
      },
    });
  });

  it('about another dataset or model is not for this pipeline', () => {
    const other = { dataset: 'trains', datasetVersion: 'a' };
    expect(decode({ source: 'flywheel', 'detail-type': 'Dataset Version Created', detail: other })).toEqual({
      kind: 'nothing',
      why: 'dataset "trains" is not "departures"',
    });
    const request = { model: 'trains', requestId: '1', reasons: ['x'] };
    expect(decode({ source: 'me', 'detail-type': 'Training Requested', detail: request }).kind).toBe(
      'nothing',
    );
  });

  it('about an alarm that went off is a drift trigger, once for each time it goes off', () => {
    const first = decode(alarm('ALARM', 'OK'));
    expect(first).toEqual({
      kind: 'trigger',
      alarm: 'flights-drift',
      trigger: {
        key: 'drift:flights-drift:2013-03-01T12:00:00.000+0000',
        trigger: 'drift',
        reasons: ['alarm "flights-drift" went into ALARM: Threshold Crossed: 1 datapoint [3.0]'],
        requestedAt: '2013-03-01T12:00:00.000Z',
      },
    });
    expect(decode(alarm('ALARM', 'OK'))).toEqual(first);
    expect(decode(alarm('ALARM', 'INSUFFICIENT_DATA', '2013-03-02T12:00:00.000+0000'))).not.toEqual(first);
  });

  it('about an alarm that recovered, or stays in ALARM, is nothing', () => {
    expect(decode(alarm('OK', 'ALARM')).kind).toBe('nothing');
    expect(decode(alarm('ALARM', 'ALARM')).kind).toBe('nothing');
  });

  it('from a person is a manual trigger with their reasons', () => {
    const detail = { model: 'flights', requestId: 'r-1', reasons: ['new features'], datasetVersion: 'abc' };
    for (const source of ['flywheel', 'my.app', undefined]) {
      expect(decode({ source, 'detail-type': 'Training Requested', detail })).toMatchObject({
        kind: 'trigger',
        trigger: { key: 'manual:r-1', trigger: 'manual', reasons: ['new features'], datasetVersion: 'abc' },
      });
    }
  });

  it('from the schedule is one trigger a minute, named after when it was sent', () => {
    expect(decode({ 'detail-type': 'flywheel.training.schedule' })).toMatchObject({
      trigger: { key: 'schedule:2013-03-01T12:34Z', trigger: 'schedule' },
    });
  });

  it('about an execution that ended lets the governor look again', () => {
    const detail = { name: 'data-abc', status: 'TIMED_OUT' };
    expect(
      decode({ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail }),
    ).toEqual({ kind: 'reexamine', why: 'execution data-abc is TIMED_OUT' });
    expect(decode({ 'detail-type': 'flywheel.training.reexamine' }).kind).toBe('reexamine');
  });

  it('that is malformed names the field', () => {
    expect(() => decodeMessage('no json', sentAt, to)).toThrow('is not JSON: no json');
    expect(() =>
      decode({ source: 'x', 'detail-type': 'Training Requested', detail: { model: 'flights', reasons: [] } }),
    ).toThrow(/Training Requested has a wrong shape[\s\S]*reasons[\s\S]*requestId/);
  });
});
