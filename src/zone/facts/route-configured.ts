import type { BundleStatus } from '../../federation/api';
import type { KubeObject } from '../../kube/schema';
import type { Gateway } from '../../istio';
import { matchesLabels, ofKind } from './select-objects';

/** The xDS types that a gateway needs before it can route. */
export type ResourceType = 'cds' | 'eds' | 'lds' | 'rds' | 'sds';

/** What a proxy was sent of one type, and what it acknowledged. */
export interface TypeStatus {
  readonly sentVersion?: string;
  readonly ackedVersion?: string;
  /** The NACK's text; set while the newest version is refused. */
  readonly error?: string;
}

/** One connected proxy, as the primary sees it. */
export interface ProxyStatus {
  readonly id: string;
  readonly type: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly types: Readonly<Partial<Record<ResourceType, TypeStatus>>>;
}

/** `status.routeConfigured` of a Bundle. */
export type RouteConfigured = NonNullable<BundleStatus['routeConfigured']>;

const TYPES: readonly ResourceType[] = ['cds', 'eds', 'lds', 'rds', 'sds'];

/**
 * How many of the gateways that a bundle configures hold what they were last sent.
 * @returns undefined when the bundle configures no gateway
 */
export function routeConfigured(
  manifests: readonly KubeObject[],
  proxies: readonly ProxyStatus[],
  gatewayNamespace: string,
): RouteConfigured | undefined {
  const gateways = ofKind<Gateway>(manifests, 'Gateway');
  if (gateways.length === 0) return undefined;
  const configured = proxies.filter(
    ({ type, namespace, labels }) =>
      type === 'router' &&
      namespace === gatewayNamespace &&
      gateways.some(({ spec }) => matchesLabels(spec?.selector, labels)),
  );
  const differences = configured.map(difference).filter((text) => text !== undefined);
  const [firstDifference] = differences.sort();
  return {
    acked: configured.length - differences.length,
    total: configured.length,
    ...(firstDifference === undefined ? {} : { firstDifference }),
  };
}

/** What a proxy does not hold yet, in words; undefined when it holds everything. */
function difference({ id, types }: ProxyStatus): string | undefined {
  for (const type of TYPES) {
    const { sentVersion, ackedVersion, error } = types[type] ?? {};
    if (error !== undefined) return `${id} refused ${type}: ${error}`;
    if (sentVersion !== ackedVersion) return `${id} has not acknowledged ${type} ${sentVersion}`;
  }
  return types.lds?.ackedVersion === undefined ? `${id} has no listeners yet` : undefined;
}
