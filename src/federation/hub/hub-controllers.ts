import { Inject, Injectable } from '@nestjs/common';
import { AccessPointController } from './access-point-controller';
import { AddressPoolController } from './address-pool-controller';
import { DeploymentController } from './deployment-controller';
import { MemberClusterController } from './member-cluster-controller';
import { MeshController } from './mesh-controller';
import type { ZoneListener } from './zone-connection';

/** The hub's controllers as one: started together, told of zones together, stopped together. */
@Injectable()
export class HubControllers implements ZoneListener {
  constructor(
    @Inject(MeshController) private readonly meshes: MeshController,
    @Inject(MemberClusterController) private readonly members: MemberClusterController,
    @Inject(AccessPointController) private readonly accessPoints: AccessPointController,
    @Inject(AddressPoolController) private readonly pools: AddressPoolController,
    @Inject(DeploymentController) private readonly deployments: DeploymentController,
  ) {}

  /** Begins to reconcile. The caches must be synced. */
  start(): void {
    this.meshes.start();
    this.members.start();
    this.accessPoints.start();
    this.pools.start();
    this.deployments.start();
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    await Promise.all([
      this.meshes.stop(),
      this.members.stop(),
      this.accessPoints.stop(),
      this.pools.stop(),
      this.deployments.stop(),
    ]);
  }

  /** A workload of another system may have moved, and access points that follow it with it. */
  onWorkloads(): void {
    this.accessPoints.onLookups();
  }

  /** Looks at everything again: this hub leads now. */
  onLeadership(): void {
    this.meshes.enqueueAll();
    this.pools.enqueueAll();
    this.onState();
  }

  onBundle(owner: string): void {
    const [kind, ...key] = owner.split('/');
    if (kind === 'AccessPoint') this.accessPoints.enqueue(key.join('/'));
    if (kind === 'FederatedDeployment') this.deployments.enqueue(key.join('/'));
  }

  onMember(name: string): void {
    this.members.enqueue(name);
  }

  onState(): void {
    this.members.enqueueAll();
    this.accessPoints.enqueueAll();
    this.deployments.enqueueAll();
  }
}
