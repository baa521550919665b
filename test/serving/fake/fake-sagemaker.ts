import type { AlarmView, EndpointView } from '../../../lambdas/serving/endpoint-view';
import type { FixedClock } from '../../../lambdas/shared/clock';
import { StateError } from './state-machine';

type Args = Record<string, unknown>;
type Ending = 'good' | 'rolled-back' | 'failed';

interface Change {
  readonly until: Date;
  readonly config: string;
  readonly ending: Ending;
}

const CHANGE_SECONDS = 400;

function refused(message: string): StateError {
  return new StateError('SageMaker.SageMakerException', `${message} (Service: SageMaker, Status Code: 400)`);
}

/** One endpoint, as SageMaker treats it: changes take time, and end as a test says. */
export class FakeSageMaker {
  readonly requests: { action: string; args: Args }[] = [];
  readonly models = new Set<string>();
  readonly configs = new Set<string>();
  /** How the next changes end. */
  endings: Ending[] = [];
  alarm: AlarmView = { name: 'flights-server-errors', state: 'OK', reason: 'fine' };
  /** Asked before every call. */
  faultOf: (action: string) => Error | undefined = () => undefined;
  /** Asked after every call that was done. */
  replyLost: (action: string) => boolean = () => false;
  private endpoint: EndpointView | undefined;
  private change: Change | undefined;

  constructor(private readonly clock: FixedClock) {}

  /** An endpoint that serves already. */
  serve(config: string, status = 'InService'): void {
    this.configs.add(config);
    this.endpoint = { status, config };
  }

  call(action: string, args: Args): unknown {
    this.requests.push({ action, args });
    const fault = this.faultOf(action);
    if (fault !== undefined) throw fault;
    this.settle();
    const answer = this.perform(action, args);
    if (this.replyLost(action)) throw new StateError('States.Timeout', 'no reply');
    return answer;
  }

  /** As DescribeEndpoint shows it. */
  view(): EndpointView | undefined {
    this.settle();
    return this.endpoint;
  }

  private perform(action: string, args: Args): unknown {
    const config = String(args.EndpointConfigName);
    switch (action) {
      case 'createModel':
        return this.create(this.models, String(args.ModelName), 'model');
      case 'createEndpointConfig':
        return this.create(this.configs, config, 'endpoint configuration');
      case 'createEndpoint':
        if (this.endpoint !== undefined)
          throw refused('Cannot create already existing endpoint "arn:flights".');
        this.endpoint = { status: 'Creating', config };
        return this.begin(config);
      case 'updateEndpoint':
        this.requireIdle();
        this.endpoint = { status: 'Updating', config: this.endpoint!.config, pendingConfig: config };
        return this.begin(config);
      case 'deleteEndpoint':
        this.requireIdle();
        this.endpoint = undefined;
        return {};
      case 'describeEndpoint':
        if (this.endpoint === undefined) throw refused('Could not find endpoint "arn:flights".');
        return {
          EndpointStatus: this.endpoint.status,
          EndpointConfigName: this.endpoint.config,
          ...(this.endpoint.failureReason === undefined
            ? {}
            : { FailureReason: this.endpoint.failureReason }),
          ...(this.endpoint.pendingConfig === undefined
            ? {}
            : { PendingDeploymentSummary: { EndpointConfigName: this.endpoint.pendingConfig } }),
        };
      default:
        throw refused(`The fake does not know ${action}`);
    }
  }

  private create(names: Set<string>, name: string, what: string): object {
    if (names.has(name)) throw refused(`Cannot create already existing ${what} "arn:${name}".`);
    names.add(name);
    return {};
  }

  private begin(config: string): object {
    const until = new Date(this.clock.now().getTime() + CHANGE_SECONDS * 1000);
    this.change = { until, config, ending: this.endings.shift() ?? 'good' };
    return {};
  }

  private requireIdle(): void {
    if (this.endpoint === undefined) throw refused('Could not find endpoint "arn:flights".');
    if (this.change !== undefined) throw refused('Cannot update in-progress endpoint "arn:flights".');
  }

  private settle(): void {
    const { change, endpoint } = this;
    if (change === undefined || endpoint === undefined) return;
    const left = change.until.getTime() - this.clock.now().getTime();
    if (change.ending === 'rolled-back') {
      // The alarm fires in the middle of the change and has recovered at its end.
      const firing = left > 0 && left < 200_000;
      this.alarm = { ...this.alarm, state: firing ? 'ALARM' : 'OK', reason: '0.5 was greater than 0.05' };
    }
    if (left > 0) return;
    this.change = undefined;
    this.endpoint =
      change.ending === 'failed'
        ? { status: 'Failed', config: change.config, failureReason: 'did not pass the ping health check' }
        : { status: 'InService', config: change.ending === 'good' ? change.config : endpoint.config };
  }
}
