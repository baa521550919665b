import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateDirOf } from '../../local/runtime/state';

describe("a runtime's folder", () => {
  it('is absolute, whatever it is given: jobs run in other folders', () => {
    expect(stateDirOf(4566)).toBe(resolve('.flywheel', 'runtime-4566'));
    expect(stateDirOf(4566, 'somewhere')).toBe(resolve('somewhere', 'runtime-4566'));
    expect(stateDirOf(4566, '/var/flywheel')).toBe('/var/flywheel/runtime-4566');
  });
});
