import type { Context } from '../context';
import { validation } from '../protocol/errors';
import type { Tag } from '../state/records';
import type { Operations } from './operations';

const MOST_TAGS = 50;

/** Remembers the tags that a resource was created with. @throws ApiError when a key comes twice */
export function tagResource(context: Context, arn: string, tags: readonly Tag[] | undefined): void {
  const merged = mergeTags([], tags ?? []);
  if (merged.length > 0) {
    context.registry.tags.put(arn, { arn, tags: merged });
  }
}

/** Later values win. @throws ApiError when a key comes twice in `added`, or there are too many */
export function mergeTags(present: readonly Tag[], added: readonly Tag[]): Tag[] {
  const keys = added.map(({ Key }) => Key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    throw validation(`Duplicate tag key: ${twice}`);
  }
  const merged = [...present.filter(({ Key }) => !keys.includes(Key)), ...added];
  if (merged.length > MOST_TAGS) {
    throw validation(`A resource can have at most ${MOST_TAGS} tags, this one would have ${merged.length}`);
  }
  return merged;
}

export function tagOperations(context: Context): Operations {
  const { registry } = context;
  const tagsOf = (arn: string) => registry.tags.get(arn)?.tags ?? [];
  const requireResource = (arn: string) => {
    if (!knownArns(context).has(arn.toLowerCase())) {
      throw validation(`Could not find resource "${arn}".`);
    }
    return arn.toLowerCase();
  };
  return {
    AddTags({ ResourceArn, Tags }: { ResourceArn: string; Tags: Tag[] }) {
      const arn = requireResource(ResourceArn);
      const tags = mergeTags(tagsOf(arn), Tags);
      registry.tags.put(arn, { arn, tags });
      return { Tags: tags };
    },
    ListTags({
      ResourceArn,
      MaxResults,
      NextToken,
    }: {
      ResourceArn: string;
      MaxResults?: number;
      NextToken?: string;
    }) {
      const tags = tagsOf(requireResource(ResourceArn));
      const start = NextToken === undefined ? 0 : Number(NextToken);
      const end = start + (MaxResults ?? MOST_TAGS);
      return { Tags: tags.slice(start, end), ...(end < tags.length ? { NextToken: `${end}` } : {}) };
    },
    DeleteTags({ ResourceArn, TagKeys }: { ResourceArn: string; TagKeys: string[] }) {
      const arn = requireResource(ResourceArn);
      registry.tags.put(arn, { arn, tags: tagsOf(arn).filter(({ Key }) => !TagKeys.includes(Key)) });
      return {};
    },
  };
}

function knownArns({ registry }: Context): Set<string> {
  return new Set([
    ...registry.trainingJobs.all().map((one) => one.TrainingJobArn),
    ...registry.processingJobs.all().map((one) => one.ProcessingJobArn),
    ...registry.models.all().map((one) => one.ModelArn),
    ...registry.endpointConfigs.all().map((one) => one.EndpointConfigArn),
    ...registry.endpoints.all().map((one) => one.EndpointArn),
  ]);
}
