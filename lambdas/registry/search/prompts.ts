import type { Condition } from './filter/condition';

/** Prompts live among the models, marked by this tag with the value `true`. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt';

const isPromptCondition = (condition: Condition): boolean =>
  condition.type === 'tag' && condition.key === PROMPT_TAG;

/** Whether the first condition on the tag asks for prompts. */
export function asksForPrompts(conditions: readonly Condition[]): boolean {
  const first = conditions.find(isPromptCondition);
  if (first === undefined) return false;
  const value = String(first.value).toLowerCase();
  return (first.operator === '=' && value === 'true') || (first.operator === '!=' && value === 'false');
}

/** The conditions that are left where prompts are left out anyway: models do not have the tag at all. */
export const withoutPromptConditions = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions.filter((condition) => !isPromptCondition(condition));
