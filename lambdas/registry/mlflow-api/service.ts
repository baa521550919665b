import type { Clock } from '../../shared/clock';
import type { ModelStore } from '../models/model-store';
import type { SearchService } from '../search/search-service';
import type { TrackingStore } from '../tracking/tracking-store';
import type { ArtifactStore } from './artifacts/artifact-store';

/** All that the endpoints work on. The Lambda and the laptop's server build it on different tables and folders. */
export interface TrackingService {
  readonly tracking: TrackingStore;
  readonly search: SearchService;
  readonly models: ModelStore;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
}
