import type { DiscoveryTypeName } from './discovery-type';

/** Told what the server does; for metrics. */
export interface XdsObserver {
  sent(type: DiscoveryTypeName, resources: number, bytes: number): void;
  refused(type: DiscoveryTypeName): void;
  failed(type: DiscoveryTypeName): void;
}

/** Listens to nothing. */
export const silentXdsObserver: XdsObserver = {
  sent: () => undefined,
  refused: () => undefined,
  failed: () => undefined,
};
