import { describe, expect, it } from 'vitest';
import { putSchema, readSchema } from '../../../cli/commands/data/schema';
import { LakeWorld } from './lake-world';

const schema = {
  dataset: 'flights',
  checks: { drift: 'error' },
  columns: [{ name: 'delay', type: 'integer', nullable: true, max: 900 }],
};

describe('flywheel data schema', () => {
  it('puts an edited schema where the lake reads it, and prints the same again', async () => {
    const { lake, bucket } = new LakeWorld();
    expect(await putSchema(lake, JSON.stringify(schema), 'flights.json')).toBe(
      's3://lake/schemas/flights.json',
    );
    expect(bucket.keys()).toEqual(['schemas/flights.json']);
    expect(await readSchema(lake)).toEqual(schema);
  });

  it('says how a dataset without one comes by it', async () => {
    await expect(readSchema(new LakeWorld().lake)).rejects.toThrow('has no schema yet: the first version');
  });

  it('leaves the schema alone when the file is none, or that of another dataset', async () => {
    const { lake, bucket } = new LakeWorld();
    await expect(putSchema(lake, '{"dataset": "flights"}', 'flights.json')).rejects.toThrow(/flights\.json/);
    await expect(
      putSchema(lake, JSON.stringify({ ...schema, dataset: 'weather' }), 'weather.json'),
    ).rejects.toThrow('weather.json is the schema of dataset weather, not of flights');
    expect(bucket.keys()).toEqual([]);
  });
});
