import { describe, expect, it } from 'vitest';
import type { RegisteredModel, RegisteredVersion } from '../../../lambdas/registry/models/model-store';
import { searchExperiments } from '../../../lambdas/registry/search/experiments';
import { searchLoggedModels } from '../../../lambdas/registry/search/logged-models';
import {
  searchModelVersions,
  searchRegisteredModels,
} from '../../../lambdas/registry/search/registered-models';
import type { LoggedModelOrder, ViewType } from '../../../lambdas/registry/search/search-service';
import type { Experiment, LoggedModel } from '../../../lambdas/registry/tracking/entities';
import experimentFixture from './fixtures/experiments.json';
import loggedModelFixture from './fixtures/logged-models.json';
import registryFixture from './fixtures/registry.json';
import { type Answer, answerOf, expectAgreement, normalized } from './support/oracle';

type Pairs = readonly (readonly [string, string])[];
const mapOf = (pairs: unknown): Map<string, string> => new Map(pairs as Pairs);

interface Case {
  readonly query: readonly unknown[];
  readonly mlflow: Answer;
  readonly damaged: boolean;
}

const casesOf = (all: readonly unknown[]): Case[] =>
  (all as unknown[][]).map((one) => ({
    query: one.slice(0, -2),
    mlflow: one.at(-2) as Answer,
    damaged: one.at(-1) === 1,
  }));

/** MLflow names the operators for texts here, which it refuses as well. */
const OTHER_WORDS: readonly unknown[] = ['creation_time LIKE 1'];

async function expectSameWords(
  cases: readonly Case[],
  answer: (one: Case) => Promise<Answer>,
): Promise<void> {
  const different: unknown[] = [];
  for (const one of cases) {
    const { mlflow, damaged } = one;
    if (OTHER_WORDS.includes(one.query[0])) continue;
    if (damaged || 'ids' in mlflow || mlflow.error !== 'INVALID_PARAMETER_VALUE') continue;
    const ours = await answer(one);
    if ('message' in ours && normalized(ours.message) !== normalized(mlflow.message)) {
      different.push([one.query, ours.message, mlflow.message]);
    }
  }
  expect(different).toEqual([]);
}

const experiments: Experiment[] = experimentFixture.experiments.map((one) => ({
  experimentId: one.id,
  name: one.name,
  artifactLocation: `s3://bucket/${one.id}`,
  lifecycleStage: one.stage as 'active' | 'deleted',
  creationTime: one.created,
  lastUpdateTime: one.updated,
  tags: mapOf(one.tags),
}));

describe('a search for experiments', () => {
  const cases = casesOf(experimentFixture.cases);
  const answer = ({ query }: Case) =>
    answerOf(async () => {
      const [filter, orderBy, viewType] = query as [string, string[], ViewType];
      const page = searchExperiments(experiments, { filter, orderBy, viewType });
      return page.items.map((experiment) => experiments.indexOf(experiment));
    });

  it('finds what MLflow finds, in its order, and refuses what it refuses', async () => {
    await expectAgreement(cases, answer, (one) => one.mlflow);
  });

  it('says what is wrong in the words of MLflow', async () => {
    await expectSameWords(cases, answer);
  });
});

const models = registryFixture.models.map((one) => ({
  name: one.name,
  lastUpdatedTimestamp: one.updated,
  tags: mapOf(one.tags),
  aliases: new Map(),
  latestVersions: [],
})) as unknown as RegisteredModel[];
const versions = registryFixture.versions.map((one) => ({
  name: one.name,
  version: one.version,
  source: one.source,
  ...(one.run === null ? {} : { runId: one.run }),
  creationTimestamp: one.created,
  lastUpdatedTimestamp: one.updated,
  tags: mapOf(one.tags),
  aliases: [],
})) as unknown as RegisteredVersion[];

describe('a search for registered models', () => {
  const cases = casesOf(registryFixture.modelsCases);
  const answer = ({ query }: Case) =>
    answerOf(async () => {
      const [filter, orderBy] = query as [string, string[]];
      return searchRegisteredModels(models, { filter, orderBy }).items.map((model) => models.indexOf(model));
    });

  it('finds what MLflow finds, in its order, and refuses what it refuses', async () => {
    await expectAgreement(cases, answer, (one) => one.mlflow);
  });

  it('says what is wrong in the words of MLflow', async () => {
    await expectSameWords(cases, answer);
  });
});

describe('a search for model versions', () => {
  const cases = casesOf(registryFixture.versionsCases);
  const answer = ({ query }: Case) =>
    answerOf(async () => {
      const [filter, orderBy] = query as [string, string[]];
      const page = searchModelVersions(versions, { filter, orderBy });
      return page.items.map((version) => versions.indexOf(version));
    });

  it('finds what MLflow finds, in its order, and refuses what it refuses', async () => {
    await expectAgreement(cases, answer, (one) => one.mlflow);
  });

  it('says what is wrong in the words of MLflow', async () => {
    await expectSameWords(cases, answer);
  });
});

const loggedModels: LoggedModel[] = loggedModelFixture.models.map((one) => ({
  modelId: one.id,
  experimentId: one.experiment,
  name: one.name,
  artifactLocation: one.uri,
  creationTime: one.created,
  lastUpdatedTime: one.updated,
  ...(one.type === null ? {} : { modelType: one.type }),
  ...(one.run === null ? {} : { sourceRunId: one.run }),
  status: one.status as LoggedModel['status'],
  lifecycleStage: 'active',
  params: mapOf(one.params),
  tags: mapOf(one.tags),
  metrics: one.metrics.map(({ key, value, timestamp, step, dataset }) => ({
    key,
    value,
    timestamp,
    step,
    runId: one.metricsRun,
    ...(dataset === null ? {} : { datasetName: dataset[0]!, datasetDigest: dataset[1]! }),
  })),
}));

describe('a search for logged models', () => {
  const cases = casesOf(loggedModelFixture.cases);
  const answer = ({ query }: Case) =>
    answerOf(async () => {
      const [filter, datasets, orderBy] = query as [string, Dataset[] | null, Order[]];
      const page = searchLoggedModels(loggedModels, {
        experimentIds: [],
        filter,
        datasets: datasets?.map(({ dataset_name: datasetName, dataset_digest: datasetDigest }) => ({
          datasetName,
          datasetDigest,
        })),
        orderBy: orderBy.map(
          (order): LoggedModelOrder => ({
            fieldName: order.field_name,
            ascending: order.ascending,
            datasetName: order.dataset_name,
            datasetDigest: order.dataset_digest,
          }),
        ),
        maxResults: 1000,
      });
      return page.items.map((model) => loggedModels.indexOf(model));
    });

  it('finds what MLflow finds, in its order, and refuses what it refuses', async () => {
    await expectAgreement(cases, answer, (one) => one.mlflow);
  });
});

interface Dataset {
  readonly dataset_name: string;
  readonly dataset_digest?: string;
}

interface Order extends Dataset {
  readonly field_name: string;
  readonly ascending?: boolean;
}
