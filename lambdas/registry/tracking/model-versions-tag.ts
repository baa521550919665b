import { untilWritten } from './contention';
import type { TrackingContext } from './context';
import { InvalidParameterError } from './errors';
import { writeModel } from './logged-model-access';
import type { VersionName } from './tracking-store';

const MODEL_VERSIONS_TAG = 'mlflow.modelVersions';
const LONGEST_TAG = 8000;

/** See `LoggedModelStore.recordModelVersion`: appends to the list as it was read, unless it changed in between. */
export async function recordModelVersion(
  context: TrackingContext,
  modelId: string,
  version: VersionName,
): Promise<void> {
  let expected: string | undefined;
  await untilWritten(context.table, `Recording a version of logged model ${modelId}`, async () => {
    const value = appended(expected, version);
    if (value === expected) return true;
    if (value.length > LONGEST_TAG) {
      throw new InvalidParameterError(
        `Tag ${MODEL_VERSIONS_TAG} of logged model '${modelId}' would have ${value.length} characters with version ${version.version} of model '${version.name}'; at most ${LONGEST_TAG} are kept.`,
      );
    }
    const outcome = await writeModel(context, modelId, {
      entries: [{ map: 'tags', mode: 'swap', key: MODEL_VERSIONS_TAG, value, expected }],
    });
    if (outcome === 'written') return true;
    expected = outcome[0]!.found;
    return undefined;
  });
}

/** The list with the version, as it is when it has it. What is no list is replaced. */
function appended(text: string | undefined, { name, version }: VersionName): string {
  const known = parseList(text);
  const isKnown = known.some((each) => each.name === name && String(each.version) === String(version));
  return isKnown ? text! : JSON.stringify([...known, { name, version }]);
}

function parseList(text: string | undefined): { readonly name?: unknown; readonly version?: unknown }[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
  } catch {
    return [];
  }
}
