import type { Clock, Logger } from '../../kernel';
import type { ConnectionOptions, KubeClient, Random } from '../../kube';

/** What a hub is given by whoever starts it. */
export interface HubSettings {
  /** The hub's own API server. */
  readonly client: KubeClient;
  /** Makes a client for a gateway cluster; the hub closes it. */
  readonly connect: (connection: ConnectionOptions) => KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Fencing epoch of this hub; a bundle of a higher one is never overwritten. */
  readonly epoch: number;
}

/** Injection token of {@link HubSettings}. */
export const HUB_SETTINGS = Symbol('HubSettings');
