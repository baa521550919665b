import type { RegisteredModel, RegisteredVersion } from '../models/model-store';
import type { Experiment, LoggedModel, TrackingRun } from '../tracking/entities';

/** Which stages of the lifecycle a search looks at, by MLflow's names. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

/** What every search takes: a filter and an order in MLflow's grammar, and where to go on. */
export interface SearchRequest {
  /** Conditions joined by AND. @default - everything matches */
  readonly filter?: string;
  /** At most so many results, within the limits of the endpoint. @default - the endpoint's, as in `limits.ts` */
  readonly maxResults?: number;
  /** `nextPageToken` of the page before, from the same query. @default - the first page */
  readonly pageToken?: string;
}

/** A request with an order in words, e.g. ``metrics.`val loss` ASC``. */
export interface OrderedSearchRequest extends SearchRequest {
  /** Most important first. @default - the endpoint's natural order */
  readonly orderBy?: readonly string[];
}

export interface SearchRunsRequest extends OrderedSearchRequest {
  /** Decimal ids. Unknown experiments have no runs. */
  readonly experimentIds: readonly string[];
  /** @default 'ACTIVE_ONLY' */
  readonly viewType?: ViewType;
}

export interface SearchExperimentsRequest extends OrderedSearchRequest {
  /** @default 'ACTIVE_ONLY' */
  readonly viewType?: ViewType;
}

/** One field that logged models are ordered by. */
export interface LoggedModelOrder {
  /** An attribute, or `metrics.<key>`. */
  readonly fieldName: string;
  /** @default true */
  readonly ascending?: boolean;
  /** Only values measured on this dataset count. Metrics only. @default - any dataset */
  readonly datasetName?: string;
  /** @default - any digest */
  readonly datasetDigest?: string;
}

/** A dataset that metric conditions on logged models are about. */
export interface LoggedModelDataset {
  readonly datasetName: string;
  /** @default - any digest */
  readonly datasetDigest?: string;
}

export interface SearchLoggedModelsRequest extends SearchRequest {
  readonly experimentIds: readonly string[];
  /** Metric conditions count for these only; without metric conditions, only models measured on one of them are found. */
  readonly datasets?: readonly LoggedModelDataset[];
  readonly orderBy?: readonly LoggedModelOrder[];
}

/** One page of results, in order. */
export interface Page<T> {
  readonly items: readonly T[];
  /**
   * Where the next page begins; absent when nothing follows. A page may hold fewer items than asked for, even none,
   * and still have a token: pages are also limited by their size (about 4 MB of JSON).
   */
  readonly nextPageToken?: string;
}

/**
 * Search with MLflow's grammar, order and limits. Answers are exact and hold every write that was acknowledged
 * before the search began. Going on with a token never repeats a result and loses none that stood where it did.
 *
 * Everything throws `InvalidParameterError` for what the client got wrong: the filter, the order, a number of
 * results that is out of range, a token that belongs to another query; and for a search that would need more memory
 * than there is.
 */
export interface SearchService {
  searchRuns(request: SearchRunsRequest): Promise<Page<TrackingRun>>;
  searchExperiments(request: SearchExperimentsRequest): Promise<Page<Experiment>>;
  searchLoggedModels(request: SearchLoggedModelsRequest): Promise<Page<LoggedModel>>;
  /** Prompts are left out unless the filter asks for them. */
  searchRegisteredModels(request: OrderedSearchRequest): Promise<Page<RegisteredModel>>;
  /** Prompts are left out unless the filter asks for them. */
  searchModelVersions(request: OrderedSearchRequest): Promise<Page<RegisteredVersion>>;
}
