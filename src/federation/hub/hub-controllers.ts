import { Inject, Injectable } from '@nestjs/common';
import { AddressPoolController } from './addresses/address-pool-controller';
import { MemberClusterController } from './zones/member-cluster-controller';
import { MeshController } from './meshes/mesh-controller';
import { OwnerControllers } from './owners/owner-controllers';
import { PolicyControllers } from './policies/policy-controllers';
import type { ZoneListener } from './zones/zone-connection';

/** The hub's controllers as one: started together, told of zones together, stopped together. */
@Injectable()
export class HubControllers implements ZoneListener {
  constructor(
    @Inject(MeshController) private readonly meshes: MeshController,
    @Inject(MemberClusterController) private readonly members: MemberClusterController,
    @Inject(AddressPoolController) private readonly pools: AddressPoolController,
    @Inject(PolicyControllers) private readonly policies: PolicyControllers,
    @Inject(OwnerControllers) private readonly owners: OwnerControllers,
  ) {}

  /** Begins to reconcile. The caches must be synced. */
  start(): void {
    this.meshes.start();
    this.members.start();
    this.pools.start();
    this.policies.start();
    this.owners.start();
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    const controllers = [this.meshes, this.members, this.pools, this.policies, this.owners];
    await Promise.all(controllers.map((controller) => controller.stop()));
  }

  /** A workload of another system may have moved, and access points that follow it with it. */
  onWorkloads(): void {
    this.owners.onLookups();
  }

  /** Looks at everything again: this hub leads now. */
  onLeadership(): void {
    this.meshes.enqueueAll();
    this.pools.enqueueAll();
    this.policies.enqueueAll();
    this.onState();
  }

  onBundle(owner: string): void {
    this.owners.enqueue(owner);
  }

  onMember(name: string): void {
    this.members.enqueue(name);
  }

  onState(): void {
    this.members.enqueueAll();
    this.owners.enqueueAll();
  }
}
