import { describe, expect, it } from 'vitest';
import { parseLoopOptions } from '../../../local/loop/options';

describe('the options of npm start', () => {
  it('keep the runtime up in a terminal and shut it down without one', () => {
    expect(parseLoopOptions([], true).exit).toBe(false);
    expect(parseLoopOptions([], false).exit).toBe(true);
    expect(parseLoopOptions(['--exit'], true).exit).toBe(true);
  });

  it('name the option whose value is wrong', () => {
    expect(() => parseLoopOptions(['--speed', 'fast'], true)).toThrow(
      '--speed takes a positive number, got "fast".',
    );
    expect(() => parseLoopOptions(['--port', '-1'], true)).toThrow(/--port/);
    expect(() => parseLoopOptions(['--sped', '2'], true)).toThrow(/--sped/);
  });
});
