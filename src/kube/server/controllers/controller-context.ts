import type { Clock, Logger } from '../../../kernel';
import type { ObjectRegistry } from '../registry/object-registry';
import type { ResourceRegistry } from '../resources/resource-registry';
import type { ObjectStore } from '../storage';

/** What controllers inside the server work with. */
export interface ControllerContext {
  readonly store: ObjectStore;
  readonly registry: ObjectRegistry;
  readonly resources: ResourceRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
}
