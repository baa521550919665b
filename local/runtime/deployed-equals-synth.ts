import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { LAPTOP } from './laptop';
import { filesBelow, readZip } from './zip';

export interface ComparisonOptions {
  readonly endpointUrl: string;
  /** The cloud assembly that `cdk synth` made. */
  readonly assembly: string;
  readonly stack: string;
}

/** What was compared: both lists are never empty when the stack has a template and functions. */
export interface Comparison {
  /** Bytes of the template. */
  readonly templateBytes: number;
  /** Logical id of each function -> number of files in its code. */
  readonly functions: Record<string, number>;
  /** What differs, in words; empty when all is the same. */
  readonly differences: string[];
}

interface Template {
  readonly Resources: Record<string, { Type: string; Properties?: { Code?: { S3Key?: unknown } } }>;
}

interface AssetManifest {
  readonly files: Record<string, { source: { path: string } }>;
}

/**
 * Compares what runs on the laptop with what was synthesised: the template byte for byte, and each file of the code of
 * each Lambda function with the asset's file.
 */
export async function compareDeployedWithSynth(options: ComparisonOptions): Promise<Comparison> {
  const client = { endpoint: options.endpointUrl, region: LAPTOP.region, credentials: CREDENTIALS };
  const cloudFormation = new CloudFormationClient(client);
  const lambda = new LambdaClient(client);
  const read = (kind: string) =>
    readFileSync(join(options.assembly, `${options.stack}.${kind}.json`), 'utf8');
  const synthesised = read('template');
  const { TemplateBody } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: options.stack, TemplateStage: 'Original' }),
  );
  const differences =
    TemplateBody === synthesised
      ? []
      : [`the template differs: ${firstDifference(synthesised, TemplateBody ?? '')}`];

  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: options.stack }),
  );
  const functions: Record<string, number> = {};
  const assets = (JSON.parse(read('assets')) as AssetManifest).files;
  for (const [logicalId, { Type, Properties }] of Object.entries(
    (JSON.parse(synthesised) as Template).Resources,
  )) {
    if (Type !== 'AWS::Lambda::Function') {
      continue;
    }
    const asset = assets[String(Properties?.Code?.S3Key).replace(/\.zip$/, '')]?.source.path;
    const name = StackResources.find(
      ({ LogicalResourceId }) => LogicalResourceId === logicalId,
    )?.PhysicalResourceId;
    if (asset === undefined || name === undefined) {
      differences.push(`function ${logicalId} ${asset === undefined ? 'has no asset' : 'is not deployed'}`);
      continue;
    }
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
    const deployed = readZip(Buffer.from(await (await fetch(Code?.Location ?? '')).arrayBuffer()));
    const expected = filesBelow(join(options.assembly, asset));
    functions[logicalId] = expected.size;
    differences.push(...compareFiles(logicalId, expected, deployed));
  }
  return { templateBytes: Buffer.byteLength(synthesised), functions, differences };
}

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

function compareFiles(
  logicalId: string,
  expected: ReadonlyMap<string, Buffer>,
  deployed: ReadonlyMap<string, Buffer>,
): string[] {
  const names = new Set([...expected.keys(), ...deployed.keys()]);
  return [...names].sort().flatMap((name) => {
    const [synthesised, running] = [expected.get(name), deployed.get(name)];
    if (synthesised === undefined || running === undefined) {
      return [`${logicalId}: ${name} is ${running === undefined ? 'missing' : 'not in the assembly'}`];
    }
    return synthesised.equals(running)
      ? []
      : [
          `${logicalId}: ${name} differs (${digest(synthesised)} in the assembly, ${digest(running)} deployed)`,
        ];
  });
}

function digest(content: Buffer): string {
  return `sha256 ${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

function firstDifference(expected: string, actual: string): string {
  const at = [...expected].findIndex((character, index) => character !== actual[index]);
  const from = Math.max(0, at - 20);
  return `at character ${at}: "${expected.slice(from, at + 20)}" in the assembly, "${actual.slice(from, at + 20)}" deployed`;
}
