import { Inject, Injectable } from '@nestjs/common';
import { AccessPointController } from './access-point-controller';
import { DeploymentController } from './deployment-controller';
import { NameServiceController } from './name-service-controller';

/** The controllers of everything that is released cluster by cluster, as one. */
@Injectable()
export class OwnerControllers {
  constructor(
    @Inject(AccessPointController) private readonly accessPoints: AccessPointController,
    @Inject(DeploymentController) private readonly deployments: DeploymentController,
    @Inject(NameServiceController) private readonly names: NameServiceController,
  ) {}

  start(): void {
    this.accessPoints.start();
    this.deployments.start();
    this.names.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.accessPoints.stop(), this.deployments.stop(), this.names.stop()]);
  }

  /** Looks at one owner again, `Kind/namespace/name`. */
  enqueue(owner: string): void {
    const [kind, ...key] = owner.split('/');
    if (kind === 'AccessPoint') this.accessPoints.enqueue(key.join('/'));
    if (kind === 'FederatedDeployment') this.deployments.enqueue(key.join('/'));
    if (kind === 'NameService') this.names.enqueue(key.join('/'));
  }

  /** Looks at all owners again. */
  enqueueAll(): void {
    this.accessPoints.enqueueAll();
    this.deployments.enqueueAll();
    this.names.enqueueAll();
  }

  /** What access points are judged against has changed. */
  onLookups(): void {
    this.accessPoints.onLookups();
  }
}
