import type { ModelFacts, ModelVersionFact, RunFact } from '../../lambdas/data-lake/history/lineage';
import { createModelStore } from '../../lambdas/registry/models/dynamo-model-store';
import type { ModelStore } from '../../lambdas/registry/models/model-store';
import { type RegistryStore, registryStore } from '../../lambdas/registry/registry-store';
import { CHAMPION } from '../../lib/registry/contract';
import type { Lake } from './lake';

/** More runs than a model makes in its life. */
const ALL = 100_000;

type Store = Pick<RegistryStore, 'listRuns' | 'listModelVersions' | 'listDeployments' | 'getAlias'>;

/** Models of the registry that shares the lake's table, with those that an option or the stack names. */
export async function allModels(
  lake: Pick<Lake, 'models' | 'context' | 'table'>,
  store: Pick<ModelStore, 'listModels'> = createModelStore({
    client: lake.context.dynamo,
    tableName: lake.table,
    loggedModel: async (id) => {
      throw new Error(`Logged models (${id}) are not looked at here.`);
    },
  }),
): Promise<string[]> {
  const registered = await store.listModels();
  return [...new Set([...lake.models, ...registered.map(({ name }) => name)])];
}

/** What the registry tells of the models that learn from the lake's datasets. */
export async function readModelFacts(
  lake: Pick<Lake, 'models' | 'context' | 'table'>,
  store: Store = registryStore(lake.context.dynamo, lake.table),
): Promise<ModelFacts> {
  const perModel = await Promise.all(
    lake.models.map(async (model) => {
      const [runs, modelVersions, deployments, champion] = await Promise.all([
        store.listRuns(model, ALL),
        store.listModelVersions(model),
        store.listDeployments(model, ALL),
        store.getAlias(model, CHAMPION),
      ]);
      return { model, runs, modelVersions, deployments, champion };
    }),
  );
  return {
    runs: perModel.flatMap(({ runs }) =>
      runs.map(
        ({ runId, model, status, trigger, dataset, datasetVersion, startedAt, modelVersion }): RunFact => ({
          ...{ runId, model, status, trigger, dataset, datasetVersion, startedAt, modelVersion },
        }),
      ),
    ),
    modelVersions: perModel.flatMap(({ modelVersions }) =>
      modelVersions.map(
        ({
          model,
          version,
          dataset,
          datasetVersion,
          runId,
          createdAt,
          approval,
          deletedAt,
        }): ModelVersionFact => ({
          ...{ model, version, dataset, datasetVersion, runId, createdAt },
          usable: approval?.status !== 'REJECTED' && deletedAt === undefined,
        }),
      ),
    ),
    deployments: perModel.flatMap(({ deployments }) =>
      deployments.map(({ deploymentId, model, version, status, startedAt }) => ({
        ...{ deploymentId, model, version, status, startedAt },
      })),
    ),
    champions: new Map(
      perModel.flatMap(({ model, champion }) => (champion === undefined ? [] : [[model, champion.version]])),
    ),
  };
}
