import type { Gateway } from '../../istio';
import { labelsMatch } from './endpoint';
import { byCreation } from './object-order';
import type { Proxy } from './proxy';

/** Gateways, found by the labels of a proxy. */
export interface GatewayIndex {
  /** Gateways of any namespace whose selector is within the proxy's labels, oldest first; an empty selector is in all. */
  readonly forProxy: (proxy: Pick<Proxy, 'labels'>) => readonly Gateway[];
}

/** Builds the index. */
export function indexGateways(objects: readonly Gateway[]): GatewayIndex {
  const ordered = [...objects].sort(byCreation);
  return {
    forProxy: ({ labels }) => ordered.filter(({ spec }) => labelsMatch(spec?.selector ?? {}, labels)),
  };
}
