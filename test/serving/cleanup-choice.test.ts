import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseConfigs, chooseModels } from '../../lambdas/serving/cleanup-choice';

const at = (day: number) => new Date(Date.UTC(2013, 0, day));
const config = (version: number, day = version) => ({
  name: `flights-v${version}-${String(version).padStart(8, '0')}`,
  createdAt: at(day),
});

describe('clean-up', () => {
  it('keeps the newest two configurations', () => {
    const chosen = chooseConfigs({
      model: 'flights',
      configs: [config(1), config(2), config(3)],
      inUse: [config(3).name],
      keep: 2,
    });
    expect(chosen).toEqual({ keep: [config(3).name, config(2).name], remove: [config(1).name] });
  });

  it('keeps what is live, however old, after deployments that were rolled back', () => {
    const chosen = chooseConfigs({
      model: 'flights',
      configs: [config(1), config(2), config(3), config(4)],
      inUse: [config(1).name],
      keep: 2,
    });
    expect(chosen.remove).toEqual([config(2).name]);
  });

  it('leaves alone what others named', () => {
    const configs = ['flights-v2', 'flights-v1-zzzzzzzz', 'flights-vip-v1-00000001', 'other-v1-00000001'].map(
      (name) => ({ name, createdAt: at(1) }),
    );
    expect(chooseConfigs({ model: 'flights', configs, inUse: [], keep: 0 })).toEqual({
      keep: [],
      remove: [],
    });
    expect(chooseModels('flights', ['flights-vip-v1-00000001', 'mine'], [])).toEqual([]);
  });

  it('never removes what is live or on its way, nor the newest', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 30 })),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 2 }),
        fc.integer({ min: 0, max: 4 }),
        (versions, inUse, keep) => {
          const configs = versions.map((version) => config(version));
          const names = inUse.map((version) => config(version).name);
          const chosen = chooseConfigs({ model: 'flights', configs, inUse: names, keep });
          const newest = [...versions].sort((a, b) => b - a).slice(0, keep);
          for (const name of [...names, ...newest.map((version) => config(version).name)]) {
            expect(chosen.remove).not.toContain(name);
          }
          expect([...chosen.keep, ...chosen.remove].sort()).toEqual(configs.map(({ name }) => name).sort());
          expect(chosen.keep.length).toBeLessThanOrEqual(keep + names.length);
        },
      ),
    );
  });

  it('removes the models that no remaining configuration refers to', () => {
    const models = ['flights-v1-0000000a', 'flights-v2-0000000b'];
    expect(chooseModels('flights', models, ['flights-v2-0000000b'])).toEqual(['flights-v1-0000000a']);
  });
});
