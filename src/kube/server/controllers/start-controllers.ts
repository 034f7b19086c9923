import type { ControllerContext } from './controller-context';
import { DefinitionController } from './definition-controller';
import { GarbageCollector } from './garbage-collector';
import { NamespaceController } from './namespace-controller';
import { RoleAggregator } from './role-aggregator';
import { ServiceAccountController } from './service-account-controller';

interface Controller {
  close(): Promise<void>;
}

/** The controllers that a cluster needs to be one, inside the server. Their owner closes them. */
export class Controllers {
  private readonly running: readonly Controller[];

  constructor(context: ControllerContext) {
    this.running = [
      new GarbageCollector(context),
      new NamespaceController(context),
      new DefinitionController(context),
      new ServiceAccountController(context),
      new RoleAggregator(context),
    ];
  }

  async close(): Promise<void> {
    await Promise.all(this.running.map((controller) => controller.close()));
  }
}
