import { Inject, Injectable } from '@nestjs/common';
import type { OwnerKind } from '../../release';
import { HubCaches } from '../caches';
import { HUB_SETTINGS, type HubSettings } from '../setup';
import { OwnerController, type OwnerSurroundings } from './owner-controller';
import { ReleaseCarrier } from './release-carrier';
import { ReleasedAccessPoints } from './released-access-points';
import { ReleasedDeployments } from './released-deployments';
import { ReleasedNameServices } from './released-name-services';

type AnyController = Pick<OwnerController<never>, 'start' | 'stop' | 'enqueue' | 'enqueueAll'>;

/** The controllers of everything that is released cluster by cluster, as one. */
@Injectable()
export class OwnerControllers {
  private readonly byKind: ReadonlyMap<string, AnyController>;

  constructor(
    @Inject(HUB_SETTINGS) settings: HubSettings,
    @Inject(HubCaches) caches: HubCaches,
    @Inject(ReleaseCarrier) carrier: ReleaseCarrier,
  ) {
    this.byKind = new Map(Object.entries(controllersOf({ settings, caches, carrier })));
  }

  start(): void {
    for (const controller of this.byKind.values()) controller.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.byKind.values()].map((controller) => controller.stop()));
  }

  /** Looks at one owner again, `Kind/namespace/name`. */
  enqueue(owner: string): void {
    const [kind = '', ...key] = owner.split('/');
    this.byKind.get(kind)?.enqueue(key.join('/'));
  }

  /** Looks at all owners again. */
  enqueueAll(): void {
    for (const controller of this.byKind.values()) controller.enqueueAll();
  }
}

function controllersOf(surroundings: OwnerSurroundings): Readonly<Record<OwnerKind, AnyController>> {
  const { caches } = surroundings;
  return {
    AccessPoint: new OwnerController(new ReleasedAccessPoints(caches), surroundings),
    FederatedDeployment: new OwnerController(new ReleasedDeployments(caches), surroundings),
    NameService: new OwnerController(new ReleasedNameServices(caches), surroundings),
  };
}
