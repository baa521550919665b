import * as z from 'zod';

/** The input of a deployment. */
const schema = z.strictObject({
  model: z.string().min(1),
  version: z.int().positive(),
  trigger: z.enum(['data', 'schedule', 'drift', 'manual']).default('manual'),
  reasons: z.array(z.string()).default([]),
  runId: z.string().min(1).optional(),
  requestedBy: z.string().min(1).optional(),
});

export type DeploymentRequest = z.infer<typeof schema>;

/** The request, or what is wrong with it: one line for each field. */
export type ParsedRequest =
  | { readonly request: DeploymentRequest; readonly problems?: undefined }
  | { readonly request?: undefined; readonly problems: readonly string[] };

/** Reads the input of the deployment state machine of one model. */
export function parseDeploymentRequest(input: unknown, model: string): ParsedRequest {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(
        (issue) =>
          `The input of the deployment is wrong at "${issue.path.join('.') || '.'}": ${issue.message}.`,
      ),
    };
  }
  if (parsed.data.model !== model) {
    return {
      problems: [
        `The input asks for model "${parsed.data.model}", but this state machine deploys model "${model}".`,
      ],
    };
  }
  return { request: parsed.data };
}
