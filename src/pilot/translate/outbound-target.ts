import type { Subset } from '../../istio';
import type { MergedDestinationRule, MeshModel, MeshService, Proxy, ServicePort } from '../model';
import { portOf } from '../model';
import { type EffectivePolicy, policyFor } from './traffic-policy';
import { findService, visibleServices } from './visible-services';
import { outboundClusterName, parseOutboundClusterName, sniName } from './names';

/** What one outbound cluster stands for: a service's port as a proxy sees it, whole or one subset of it. */
export interface OutboundTarget {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly service: MeshService;
  readonly port: ServicePort;
  readonly rule: MergedDestinationRule | undefined;
  readonly subset?: Subset | undefined;
  /** What the rule says about this port of this subset. */
  readonly policy: EffectivePolicy;
  /** SNI-routed: the connection keeps the TLS it came with (AUTO_PASSTHROUGH gateways). */
  readonly sniRouted?: boolean;
}

/** The cluster's name. */
export function clusterNameOf({ service, port, subset, sniRouted = false }: OutboundTarget): string {
  return (sniRouted ? sniName : outboundClusterName)(service.hostname, port.port, subset?.name);
}

/** A service's ports, each whole and then by subset. UDP is nothing that clusters carry. */
export function targetsOfService(model: MeshModel, proxy: Proxy, service: MeshService): readonly OutboundTarget[] {
  if (isAlias(service)) return [];
  const rule = model.destinationRules.find(proxy, service);
  const subsets = rule?.subsets ?? [];
  return service.ports
    .filter(({ protocol }) => protocol !== 'UDP')
    .flatMap((port) =>
      [undefined, ...subsets].map((subset) => withPolicy({ model, proxy, service, port, rule, subset })),
    );
}

/** All that a proxy can call, in the order of its services. */
export function targetsOfProxy(model: MeshModel, proxy: Proxy): readonly OutboundTarget[] {
  return visibleServices(model, proxy).flatMap((service) => targetsOfService(model, proxy, service));
}

/** The target of a cluster name; `undefined` when the proxy has no such cluster. */
export function findTarget(model: MeshModel, proxy: Proxy, clusterName: string): OutboundTarget | undefined {
  const key = parseOutboundClusterName(clusterName);
  const service = key && findService(model, proxy, key.hostname);
  const port = service && portOf(service, key.port);
  if (!key || !service || !port || isAlias(service)) return undefined;
  const rule = model.destinationRules.find(proxy, service);
  const { sniRouted } = key;
  if (key.subset === '') return withPolicy({ model, proxy, service, port, rule, sniRouted });
  const subset = rule?.subsets.find(({ name }) => name === key.subset);
  return subset && withPolicy({ model, proxy, service, port, rule, subset, sniRouted });
}

function withPolicy(target: Omit<OutboundTarget, 'policy'>): OutboundTarget {
  return { ...target, policy: policyFor(target.rule, target.port.port, target.subset) };
}

/** An ExternalName Service is only a further name of the service that it points at, and has no clusters of its own. */
function isAlias({ resolution }: MeshService): boolean {
  return resolution === 'Alias';
}
