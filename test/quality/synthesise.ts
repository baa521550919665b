import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { inject } from 'vitest';

/** What a CloudFormation template looks like to the checks here. */
export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, unknown>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Record<string, unknown>;
}

export interface Synthesised {
  readonly app: App;
  /** The assembly's folder. */
  readonly folder: string;
  readonly templates: { readonly file: string; readonly template: Template }[];
}

export type Compose = (app: App) => Stack;

const cdkJson = (): { context: Record<string, unknown> } =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', 'cdk.json'), 'utf8'));

/** Synthesises an app in this process, with the feature flags of cdk.json, as `cdk synth` would. */
export function synthesise(compose: Compose): Synthesised {
  const folder = mkdtempSync(join(inject('temporary'), 'synth-'));
  const app = new App({ outdir: folder, context: cdkJson().context, analyticsReporting: false });
  compose(app);
  app.synth();
  const templates = readdirSync(folder)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => join(folder, name))
    .map((file) => ({ file, template: JSON.parse(readFileSync(file, 'utf8')) as Template }));
  return { app, folder, templates };
}

/** Resources of a type over all templates, with their logical ids. */
export function resourcesOf(
  synthesised: Synthesised,
  type: string,
): [logicalId: string, resource: Resource][] {
  return synthesised.templates.flatMap(({ template }) =>
    Object.entries(template.Resources).filter(([, resource]) => resource.Type === type),
  );
}
