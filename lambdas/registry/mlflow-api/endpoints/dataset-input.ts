import type { DatasetInput } from '../../tracking/entities';
import { type Decoded, list, message, required, string } from '../decode';
import { invalidParameter } from '../errors';
import { Limit } from '../limits';

const DATASET = message({
  name: required(string),
  digest: required(string),
  source_type: string,
  source: string,
  schema: string,
  profile: string,
});
const SHAPE = { tags: list(message({ key: string, value: string })), dataset: required(DATASET) };
export const DATASET_INPUT = message(SHAPE);

function check(field: string, text: string | undefined, limit: number): void {
  if (text !== undefined && text.length > limit) {
    throw invalidParameter(`'${field}' exceeds the maximum length of ${limit} characters`);
  }
}

/** @throws ApiError naming the field that is too long. */
export function checkedDatasetInput({ dataset, tags }: Decoded<typeof SHAPE>): DatasetInput {
  check('name', dataset.name, Limit.DATASET_NAME);
  check('digest', dataset.digest, Limit.DATASET_DIGEST);
  check('source', dataset.source, Limit.DATASET_SOURCE);
  check('schema', dataset.schema, Limit.DATASET_SCHEMA);
  check('profile', dataset.profile, Limit.DATASET_PROFILE);
  for (const { key, value } of tags) {
    check('key', key, Limit.INPUT_TAG_KEY);
    check('value', value, Limit.INPUT_TAG_VALUE);
  }
  return {
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      sourceType: dataset.source_type ?? '',
      source: dataset.source ?? '',
      schema: dataset.schema,
      profile: dataset.profile,
    },
    tags: new Map(tags.map(({ key, value }) => [key ?? '', value ?? ''])),
  };
}
