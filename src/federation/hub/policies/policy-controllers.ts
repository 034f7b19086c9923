import { Inject, Injectable } from '@nestjs/common';
import { PlacementPolicyController } from './placement-policy-controller';
import { RolloutPolicyController } from './rollout-policy-controller';

/** The controllers of the policies that owners share, as one. */
@Injectable()
export class PolicyControllers {
  constructor(
    @Inject(PlacementPolicyController) private readonly placements: PlacementPolicyController,
    @Inject(RolloutPolicyController) private readonly rollouts: RolloutPolicyController,
  ) {}

  start(): void {
    this.placements.start();
    this.rollouts.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.placements.stop(), this.rollouts.stop()]);
  }

  /** Looks at all policies again. */
  enqueueAll(): void {
    this.placements.enqueueAll();
    this.rollouts.enqueueAll();
  }
}
