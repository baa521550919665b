import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Command } from 'commander';
import { DatasetSk, datasetPk } from '../../../lib/data-lake/contract';
import { type Lake, type LakeOptions, lakeCommand, openLake } from '../../data/lake';
import { resolveVersion, shortId } from '../../data/resolve-version';
import { UserError } from '../../errors';
import { print } from '../../output';

const MAX_KEY = 128;
const MAX_VALUE = 256;
const MAX_TAGS = 50;

/** A tag to set or, without a value, to take away. */
export interface TagChange {
  readonly key: string;
  readonly value?: string;
}

export interface TaggedVersion {
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function addTag(data: Command): void {
  lakeCommand(data.command('tag'))
    .description('set or take away tags of a version; what it consists of never changes')
    .argument('<version>', 'its id, the first digits of it, or "current"')
    .argument('<tags...>', 'key=value sets a tag, key- takes it away')
    .addHelpText(
      'after',
      '\nExamples:\n  flywheel data tag current approved-for=audit-2026 --local\n  flywheel data tag 3fa9c1 approved-for-',
    )
    .action(async (reference: string, texts: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LakeOptions>();
      const tagged = await tagVersion(await openLake(options), reference, texts.map(parseTag));
      print(options.json, tagged, () => describeTagged(tagged));
    });
}

/** @throws UserError for a text that is neither `key=value` nor `key-` */
export function parseTag(text: string): TagChange {
  const at = text.indexOf('=');
  const change =
    at > 0
      ? { key: text.slice(0, at), value: text.slice(at + 1) }
      : at < 0 && text.length > 1 && text.endsWith('-')
        ? { key: text.slice(0, -1) }
        : undefined;
  if (change === undefined) {
    throw new UserError(`"${text}" is no tag: write key=value to set one, key- to take it away.`, 'tags');
  }
  if (change.key.length > MAX_KEY || (change.value ?? '').length > MAX_VALUE) {
    throw new UserError(
      `Tag "${change.key.slice(0, 40)}" is too long: keys have at most ${MAX_KEY} characters, values ${MAX_VALUE}.`,
      'tags',
    );
  }
  return change;
}

/** Changes tags one by one: the same command again changes nothing more. @returns all tags of the version */
export async function tagVersion(
  lake: Lake,
  reference: string,
  changes: readonly TagChange[],
): Promise<TaggedVersion> {
  const { id, tags: before = {} } = await resolveVersion(lake.catalog, lake.dataset, reference);
  const added = changes.filter(({ key, value }) => value !== undefined && !Object.hasOwn(before, key));
  if (Object.keys(before).length + added.length > MAX_TAGS) {
    throw new UserError(`Version ${shortId(id)} would have more than ${MAX_TAGS} tags.`, 'tags');
  }
  const item = {
    TableName: lake.table,
    Key: { PK: datasetPk(lake.dataset), SK: DatasetSk.version(id) },
    ConditionExpression: 'attribute_exists(PK)',
  };
  await update(lake, {
    ...item,
    UpdateExpression: 'SET tags = if_not_exists(tags, :none)',
    ExpressionAttributeValues: { ':none': {} },
  });
  for (const { key, value } of changes) {
    await update(lake, {
      ...item,
      UpdateExpression: value === undefined ? 'REMOVE tags.#key' : 'SET tags.#key = :value',
      ExpressionAttributeNames: { '#key': key },
      ...(value === undefined ? {} : { ExpressionAttributeValues: { ':value': value } }),
    });
  }
  const tagged = await lake.catalog.version(lake.dataset, id);
  return { version: id, tags: tagged?.tags ?? {} };
}

async function update(lake: Lake, input: ConstructorParameters<typeof UpdateCommand>[0]): Promise<void> {
  await lake.context.dynamo.send(new UpdateCommand(input));
}

/** `key=value` by key, or that there are none. */
export function tagText(tags: Readonly<Record<string, string>>): string {
  const texts = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return texts.length === 0 ? 'no tags' : texts.sort().join(', ');
}

export function describeTagged({ version, tags }: TaggedVersion): string {
  return `Version ${shortId(version)}: ${tagText(tags)}`;
}
