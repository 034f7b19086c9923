import type { Bundle, Mesh } from '../../federation/api';
import { gatewayNamespaceOf, labels } from '../../federation/api';
import { parseZoneName } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { manifestsOf } from '../apply/manifests-of';
import { bundleMembers, type MemberHealth, type RemoteMember } from '../facts/bundle-members';
import { certificateStatus, credentialNames } from '../facts/installed-certificate';
import type { Gateway, Secret, Service } from '../../istio';
import { matchesLabels, ofKind } from '../facts/select-objects';
import { appTierAddress, loadBalancerAddress } from '../facts/load-balancer-address';
import { backendSelectorOf, countReadyPods } from '../facts/ready-pods';
import { type ProxyStatus, routeConfigured } from '../facts/route-configured';
import type { BundleFacts } from '../report/bundle-report';
import type { TargetCluster } from './target-cluster';

/** Where the facts of a bundle are looked up; all of it is in memory. */
export interface FactSources {
  /** The bundle's cluster; undefined when the zone cannot reach it. */
  readonly target: TargetCluster | undefined;
  /** All clusters of the zone. */
  readonly clusters: readonly TargetCluster[];
  readonly mesh: Mesh | undefined;
  /** Services of a gateway namespace in the gateway cluster. */
  readonly gatewayServices: (namespace: string) => readonly Service[];
  /** A Secret of a gateway namespace in the gateway cluster. */
  readonly gatewaySecret: (namespace: string, name: string) => Secret | undefined;
  readonly proxies: () => readonly ProxyStatus[];
  readonly healthOf: (member: RemoteMember) => MemberHealth | undefined;
  readonly nowMs: number;
}

/** What can be seen of a bundle now. */
export function gatherFacts(bundle: Bundle, sources: FactSources): BundleFacts {
  const { spec } = bundle;
  if (spec === undefined) return {};
  const manifests = manifestsOf(bundle);
  const isGateway = ofKind(manifests, 'Gateway').length > 0 || ofKind(manifests, 'ServiceEntry').length > 0;
  const readyEndpoints = readyEndpointsOf(manifests, isGateway, sources);
  if (!isGateway) {
    const { address, message } = appTierAddress(ofKind<Service>(liveObjects(bundle, sources), 'Service'));
    return { vip: address, vipMessage: message, readyEndpoints };
  }
  const members = bundleMembers({
    zone: parseZoneName(spec.zone),
    manifests,
    readyEndpoints,
    healthOf: sources.healthOf,
  });
  return { readyEndpoints, members, ...ownAppTier(bundle, sources), ...webTierFacts(manifests, sources) };
}

/** The app tier of a zone without workload clusters, whose gateway cluster holds the backend too. */
function ownAppTier(bundle: Bundle, sources: FactSources): BundleFacts {
  const services = ofKind<Service>(liveObjects(bundle, sources), 'Service');
  const app = services.filter(({ metadata }) => metadata.labels?.[labels.tier] === 'app');
  if (app.length === 0) return {};
  const { address, message } = appTierAddress(app);
  return { vip: address, vipMessage: message };
}

function webTierFacts(manifests: readonly KubeObject[], sources: FactSources): BundleFacts {
  const { mesh, gatewaySecret, proxies, nowMs } = sources;
  if (mesh?.spec === undefined) return {};
  const namespace = gatewayNamespaceOf(mesh.spec);
  return {
    gatewayAddress: webTierAddress(manifests, sources.gatewayServices(namespace)),
    certificate: certificateStatus(credentialNames(manifests), (name) => gatewaySecret(namespace, name), nowMs),
    routeConfigured: routeConfigured(manifests, proxies(), namespace),
  };
}

/** The address of a LoadBalancer Service for the same pods that the bundle's Gateway selects. */
function webTierAddress(manifests: readonly KubeObject[], services: readonly Service[]): string | undefined {
  const selectors = ofKind<Gateway>(manifests, 'Gateway').map(({ spec }) => spec?.selector ?? {});
  const addresses = services
    .filter(({ spec }) => spec?.type === 'LoadBalancer')
    .filter(({ spec }) => selectors.some((selector) => matchesLabels(selector, spec?.selector)))
    .flatMap((service) => loadBalancerAddress(service).address ?? []);
  return addresses.sort()[0];
}

function liveObjects({ metadata }: Bundle, { target }: FactSources): readonly KubeObject[] {
  return target?.objectsOf(metadata.name) ?? [];
}

/** A gateway sends to the pods of all clusters of its zone; a workload cluster counts its own. undefined when some are not known. */
function readyEndpointsOf(
  manifests: readonly KubeObject[],
  isGateway: boolean,
  { clusters, target }: FactSources,
): number | undefined {
  const selector = backendSelectorOf(manifests);
  if (selector === undefined) return undefined;
  const asked = isGateway ? clusters : target === undefined ? [] : [target];
  const counts = asked.map((cluster) => {
    const pods = cluster.pods(selector.namespace);
    return pods === undefined ? undefined : countReadyPods(selector, pods);
  });
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
