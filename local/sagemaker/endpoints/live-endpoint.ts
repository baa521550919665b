import { chooseGreen, chooseVariant } from '../traffic/choose';
import type { Fleet, ServingVariant } from './fleet';

/** The variant that a request goes to. */
export interface Route {
  readonly fleet: Fleet;
  readonly variant: ServingVariant;
  /** True while a deployment with guardrails has traffic on both fleets. */
  readonly guarded: boolean;
}

/** The fleets of an endpoint that is in service, and how traffic is split between them. */
export class LiveEndpoint {
  private green?: Fleet;
  private greenShare = 0;
  private guarded = false;

  constructor(private blue: Fleet) {}

  /** The fleet that serves when no deployment is under way. */
  get stable(): Fleet {
    return this.blue;
  }

  /** Every fleet that has processes. */
  get fleets(): Fleet[] {
    return this.green === undefined ? [this.blue] : [this.blue, this.green];
  }

  /**
   * @param target - a variant's name, when the caller asks for one
   * @returns undefined when there is no such variant, or when no variant has a weight
   */
  route(target: string | undefined, random: () => number): Route | undefined {
    const onGreen = this.green !== undefined && chooseGreen(this.greenShare, random());
    const fleet = onGreen ? this.green! : this.blue;
    const variant =
      target === undefined
        ? chooseVariant(fleet.variants, random())
        : fleet.variants.find(({ name }) => name === target);
    return variant === undefined
      ? undefined
      : { fleet, variant, guarded: this.guarded && this.greenShare > 0 };
  }

  /** Sends a share of the traffic to the new fleet. @param guarded - the update has a policy */
  shift(green: Fleet, greenShare: number, guarded: boolean): void {
    this.green = green;
    this.greenShare = greenShare;
    this.guarded = guarded;
  }

  /** All traffic back to the old fleet. @returns the new one, which serves no more */
  abandon(): Fleet | undefined {
    const abandoned = this.green;
    this.green = undefined;
    this.greenShare = 0;
    return abandoned;
  }

  /** The new fleet becomes the one that serves. @returns the old one */
  promote(): Fleet {
    const old = this.blue;
    this.blue = this.green!;
    this.abandon();
    return old;
  }
}
