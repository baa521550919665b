import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ModelVersion } from '../../lambdas/registry/entities';
import type { World } from './world';

/**
 * The bug: a clean-up of the inference code that reads a column under the name it has in another system.
 * The model loads and answers health checks; each request fails.
 */
const BUG = `

_read_input = input_fn


def input_fn(body, content_type):
    rows = _read_input(body, content_type)
    print("delays up to", max(row["departure_delay_minutes"] for row in rows))
    return rows
`;

/** Packages the champion with the bug in its inference code and uploads it. Returns its S3 URI. */
export async function uploadBrokenModel(world: World, champion: ModelVersion): Promise<string> {
  const folder = join(world.scratch, 'broken-model');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'model'), { recursive: true });
  const source = new URL(champion.artifactUri);
  const { Body } = await world.context.s3.send(
    new GetObjectCommand({ Bucket: source.hostname, Key: source.pathname.slice(1) }),
  );
  const archive = join(folder, 'model.tar.gz');
  writeFileSync(archive, (await Body?.transformToByteArray()) ?? new Uint8Array());
  execFileSync('tar', ['-xzf', archive, '-C', join(folder, 'model')]);
  appendFileSync(join(folder, 'model', 'code', 'inference.py'), BUG);
  execFileSync('tar', ['-czf', archive, '-C', join(folder, 'model'), '.']);
  const key = `models/${world.outputs.model}/hand-made/model.tar.gz`;
  await world.context.s3.send(
    new PutObjectCommand({ Bucket: world.outputs.artifactsBucket, Key: key, Body: readFileSync(archive) }),
  );
  return `s3://${world.outputs.artifactsBucket}/${key}`;
}
