import type { Change } from './items';
import type { Request } from './requests';

/** A change of one item. An update is also kept as it was asked for: that is shorter than the item after it. */
export interface Mutation extends Change {
  readonly update?: Request;
}
