/** Closes the drop of one dataset with the lake's own handlers, in this process: `close-drop.ts ENDPOINT DATASET` */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { catalog } from '../../lambdas/data-lake/catalog';
import { assemblePlan, createVersion } from '../../lambdas/data-lake/create-version/create-version';
import type {
  AssembleMessage,
  CreateVersionDeps,
  PartMessage,
} from '../../lambdas/data-lake/create-version/deps';
import { closingFor } from '../../lambdas/data-lake/drop';
import { dropStore } from '../../lambdas/data-lake/drop-store';
import { lakeStore } from '../../lambdas/data-lake/lake-store';
import { manifestStore } from '../../lambdas/data-lake/manifest-store';
import { resolvePart } from '../../lambdas/data-lake/resolve-part/resolve-part';
import { s3Objects } from '../../lambdas/data-lake/s3-objects';
import { seenStore } from '../../lambdas/data-lake/seen-store';
import { workStore } from '../../lambdas/data-lake/work-store';
import { systemClock } from '../../lambdas/shared/clock';
import { BYTES_PER_FUNCTION, DEFAULT_CHANGES_PER_FUNCTION } from '../../lib/data-lake/contract';
import { BUCKET, connection, TABLE } from './connection';

async function main(endpoint: string, dataset: string): Promise<void> {
  const s3 = new S3Client(connection(endpoint));
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(connection(endpoint)), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const parts: PartMessage[] = [];
  const assemblies: AssembleMessage[] = [];
  const deps: CreateVersionDeps = {
    lake: lakeStore(s3, BUCKET),
    manifests: manifestStore(s3, BUCKET),
    seen: seenStore(s3, BUCKET),
    work: workStore(s3Objects(s3, BUCKET), dynamo, TABLE),
    catalog: catalog(dynamo, TABLE),
    drops: dropStore(dynamo, TABLE),
    quietSeconds: () => 120,
    limit: { changes: DEFAULT_CHANGES_PER_FUNCTION, bytes: BYTES_PER_FUNCTION },
    publish: async (detailType, detail) => console.error(detailType, detail.objects),
    sendPart: async (message) => void parts.push(message),
    clock: systemClock,
  };
  const now = systemClock.now();
  const drop = await deps.drops.record({ dataset, at: now.toISOString(), deleted: false }, now);
  await createVersion(deps, closingFor(drop, 'data', 120));
  const sendAssemble = async (message: AssembleMessage) => void assemblies.push(message);
  for (const part of parts) await resolvePart({ ...deps, sendAssemble }, part);
  for (const message of assemblies) await assemblePlan(deps, message);
}

main(process.argv[2]!, process.argv[3]!);
