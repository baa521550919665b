import { Duration, Size } from 'aws-cdk-lib';
import { hasOwnDisks } from '../serving/endpoint-limits';

export interface CpuComputeProps {
  /**
   * SageMaker's instance type.
   *
   * @default ml.m5.large
   */
  readonly instanceType?: string;
  /**
   * Size of the volume that holds data and model.
   *
   * @default Size.gibibytes(30)
   */
  readonly volume?: Size;
  /**
   * After this time SageMaker stops the job, and the run fails. At most 28 days.
   *
   * @default Duration.days(1)
   */
  readonly maxRuntime?: Duration;
}

export interface GpuComputeProps {
  /**
   * Instance types in order of preference. The first is used.
   *
   * @default - ml.g5.xlarge, ml.g4dn.xlarge
   */
  readonly instanceTypes?: string[];
  /**
   * Size of the volume that holds data and model.
   *
   * @default Size.gibibytes(100)
   */
  readonly volume?: Size;
  /**
   * After this time SageMaker stops the job, and the run fails. At most 28 days.
   *
   * @default Duration.days(1)
   */
  readonly maxRuntime?: Duration;
}

/** Values of a job's `ResourceConfig` and `StoppingCondition`. @internal */
export interface ComputeConfig {
  readonly instanceType: string;
  readonly volumeGib: number;
  readonly maxRuntimeSeconds: number;
  /** Instances with disks of their own take no key for the volume. */
  readonly volumeTakesKey: boolean;
}

const LONGEST = Duration.days(28);

/** The instance that a job runs on: one, for as long as the job needs it. */
export class Compute {
  /** An instance without GPU. */
  public static cpu(props: CpuComputeProps = {}): Compute {
    return new Compute(
      props.instanceType ?? 'ml.m5.large',
      props.volume ?? Size.gibibytes(30),
      props.maxRuntime ?? Duration.days(1),
    );
  }

  /** An instance with a GPU. */
  public static gpu(props: GpuComputeProps = {}): Compute {
    const [first] = props.instanceTypes ?? ['ml.g5.xlarge', 'ml.g4dn.xlarge'];
    if (first === undefined)
      throw new Error('instanceTypes is empty: name at least one, such as ml.g5.xlarge.');
    return new Compute(first, props.volume ?? Size.gibibytes(100), props.maxRuntime ?? Duration.days(1));
  }

  private constructor(
    private readonly instanceType: string,
    private readonly volume: Size,
    private readonly maxRuntime: Duration,
  ) {
    if (!/^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(instanceType)) {
      throw new Error(`instanceType is "${instanceType}": give one of SageMaker's, such as ml.m5.large.`);
    }
    const seconds = maxRuntime.toSeconds();
    if (seconds < 60 || seconds > LONGEST.toSeconds()) {
      throw new Error(`maxRuntime is ${seconds} s: give between one minute and 28 days.`);
    }
  }

  /** @internal */
  public _config(): ComputeConfig {
    return {
      instanceType: this.instanceType,
      volumeGib: this.volume.toGibibytes(),
      maxRuntimeSeconds: this.maxRuntime.toSeconds(),
      volumeTakesKey: !hasOwnDisks(this.instanceType),
    };
  }
}
