export {
  type Check,
  type Example,
  isError,
  Occurrences,
  type Problem,
  problem,
  type Severity,
} from '../problem';
