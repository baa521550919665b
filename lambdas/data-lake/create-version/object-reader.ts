import { type Inspection, inspectCsv } from '../csv/inspect-csv';
import type { SchemaColumn } from '../entities';
import type { LakeStore } from '../lake-store';
import type { ListedVersion } from '../snapshot';

/** Objects that are read at the same time: reading one waits for S3 about as long as it computes. */
const CONCURRENCY = 4;

/**
 * Reads and examines object versions, a few at a time and each at most once: their bytes never change, so an attempt
 * that has to start over reads nothing twice.
 */
export function objectReader(lake: LakeStore, dataset: string) {
  const done = new Map<string, Inspection>();

  async function inspect(
    { key, versionId }: ListedVersion,
    columns: readonly SchemaColumn[] | undefined,
  ): Promise<Inspection> {
    const id = JSON.stringify([key, versionId, columns]);
    const before = done.get(id);
    if (before !== undefined) return before;
    const inspection = await inspectCsv(await lake.open(dataset, key, versionId), columns);
    done.set(id, inspection);
    return inspection;
  }

  return async (
    objects: readonly ListedVersion[],
    columns: readonly SchemaColumn[] | undefined,
  ): Promise<Inspection[]> => {
    const inspections: Inspection[] = new Array(objects.length);
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < objects.length; index = next++) {
        inspections[index] = await inspect(objects[index]!, columns);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return inspections;
  };
}
