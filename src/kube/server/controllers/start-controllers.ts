import { DefinitionController } from './definition-controller';
import { type ControllerContext, GarbageCollector } from './garbage-collector';
import { NamespaceController } from './namespace-controller';

/** The controllers that a cluster needs to be one, inside the server. Their owner closes them. */
export class Controllers {
  private readonly running: readonly [GarbageCollector, NamespaceController, DefinitionController];

  constructor(context: ControllerContext) {
    this.running = [new GarbageCollector(context), new NamespaceController(context), new DefinitionController(context)];
  }

  async close(): Promise<void> {
    await Promise.all(this.running.map((controller) => controller.close()));
  }
}
