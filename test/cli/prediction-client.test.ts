import { describe, expect, it } from 'vitest';
import { UserError } from '../../cli/errors';
import { parseAnswer, reachableUrl } from '../../cli/prediction-client';

const URL = 'https://abc123.execute-api.us-east-1.amazonaws.com/predictions';

describe('the prediction client', () => {
  it('asks the API where it is on AWS', () => {
    expect(reachableUrl(URL, undefined)).toBe(URL);
  });

  it('asks the same API behind the one endpoint of a laptop runtime', () => {
    expect(reachableUrl(URL, 'http://127.0.0.1:4566/')).toBe(
      'http://127.0.0.1:4566/_aws/execute-api/abc123/$default/predictions',
    );
  });

  it('passes on which field the API found wrong', () => {
    const body = JSON.stringify({
      error: {
        code: 'InvalidInstance',
        message: 'instances[3].dep_delay: expected a number',
        field: 'instances[3].dep_delay',
      },
    });
    try {
      parseAnswer({ status: 400, body });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).field).toBe('instances[3].dep_delay');
      expect((error as UserError).message).toContain('answered 400');
    }
  });

  it('shows what a gateway answers that does not speak JSON', () => {
    expect(() => parseAnswer({ status: 502, body: '<html>Bad Gateway' })).toThrow(
      'answered 502: <html>Bad Gateway',
    );
  });
});
