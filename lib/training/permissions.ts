import { Arn, ArnFormat } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { IDataLake } from '../data-lake/data-lake';
import { EVENT_SOURCE } from '../events-contract';
import { localArn } from '../private/prebundled-function';
import { INDEX_NAME, MODEL_NAMES_PK, modelPk, runPk } from '../registry/contract';
import type { IModelRegistry } from '../registry/model-registry';

/** @internal */
export const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string | string[]>>,
): iam.PolicyStatement => new iam.PolicyStatement({ actions, resources, conditions });

/** Records of one model and of runs. @internal */
export function registryRecords(
  registry: IModelRegistry,
  model: string,
  actions: string[],
): iam.PolicyStatement[] {
  const table = registry.table.tableArn;
  const resources = actions.includes('Query') ? [table, `${table}/index/${INDEX_NAME}`] : [table];
  return [
    allow(
      actions.map((action) => `dynamodb:${action}`),
      resources,
      {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': [modelPk(model), `${modelPk(model)}#*`, runPk('*')],
        },
      },
    ),
    useKey(registry.encryptionKey.keyArn),
  ];
}

/** The list of all models' names, into which a model's first version is entered. @internal */
export function modelNames(registry: IModelRegistry): iam.PolicyStatement {
  return allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [registry.table.tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [MODEL_NAMES_PK] },
  });
}

/** Runs as MLflow's clients see them, in the experiment that is called as the model. @internal */
export function mirroredRuns(registry: IModelRegistry, model: string): iam.PolicyStatement[] {
  const actions = ['BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'];
  const keys = [...EXPERIMENT_KEYS, `XN#${model}`];
  return [
    allow(
      actions.map((action) => `dynamodb:${action}`),
      [registry.table.tableArn],
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
    ),
    useKey(registry.encryptionKey.keyArn),
  ];
}

/** The experiments, with the one that always exists, their ids, their runs, and where runs are. */
const EXPERIMENT_KEYS = ['CTR', 'R#*', 'X#*', 'XN#Default', 'XS'];

/** Records of datasets. The catalog may share its table with the registry. @internal */
export function catalogRecords(lake: IDataLake, actions = ['GetItem']): iam.PolicyStatement[] {
  return [
    allow(
      actions.map((action) => `dynamodb:${action}`),
      [lake.catalog.tableArn],
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['DATASET#*'] } },
    ),
    allow(['kms:Decrypt'], [(lake.catalog.encryptionKey ?? lake.encryptionKey).keyArn]),
  ];
}

/** @internal */
export const useKey = (keyArn: string): iam.PolicyStatement =>
  allow(['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], [keyArn]);

/** Events under Flywheel's own name. @internal */
export const putEvents = (busArn: string): iam.PolicyStatement =>
  allow(['events:PutEvents'], [busArn], { StringEquals: { 'events:source': EVENT_SOURCE } });

/** ARNs of all executions of a state machine. @internal */
export function executionsOf(scope: Construct, stateMachineArn: string): string {
  const name = Arn.split(stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  return localArn(scope, 'states', `execution:${name}:*`);
}
