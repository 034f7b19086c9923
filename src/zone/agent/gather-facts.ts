import type { Bundle, Mesh } from '../../federation/api';
import { gatewayNamespaceOf, labels } from '../../federation/api';
import { parseZoneName } from '../../kernel';
import { type MemberVerdict, type NameRecord, nameRecordIn } from '../../nameservice';
import type { KubeObject } from '../../kube/schema';
import { manifestsOf } from '../apply/manifests-of';
import { deadZonesOf } from '../drain/dead-zones';
import { decideEntryHealth, type EntryHealthDecision } from '../drain/decide-entry-health';
import { drainsOf } from '../drain/drains-of';
import { endDrains } from '../drain/end-drains';
import { lookAtName } from '../names/look-at-name';
import { bundleMembers, type MemberHealth, type RemoteMember, remoteMembersOf } from '../facts/bundle-members';
import { certificateStatus, credentialNames } from '../facts/installed-certificate';
import type { Gateway, Secret, Service } from '../../istio';
import { matchesLabels, ofKind } from '../facts/select-objects';
import { appTierAddress, loadBalancerAddress } from '../facts/load-balancer-address';
import { backendSelectorOf, countPods, type PodCounts } from '../facts/ready-pods';
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
  /** Where requests to a host went of late, in per cent by `region/zone`. */
  readonly loadSharesOf: (hostname: string) => ReadonlyMap<string, number> | undefined;
  readonly healthOf: (member: RemoteMember) => MemberHealth | undefined;
  /** The verdicts about the members of a global name. */
  readonly verdicts: (record: NameRecord) => readonly MemberVerdict[];
  readonly nowMs: number;
}

/** What can be seen of a bundle now, and what follows for its remote members. */
export interface BundleLook {
  readonly facts: BundleFacts;
  readonly entryHealth?: EntryHealthDecision;
  /** Zones that can serve nothing of the bundle now. */
  readonly deadZones: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Looks at everything that the zone knows of a bundle; reads memory only. */
export function lookAtBundle(bundle: Bundle, sources: FactSources): BundleLook {
  const { spec } = bundle;
  if (spec === undefined) return { facts: {}, deadZones: NONE };
  const zone = parseZoneName(spec.zone);
  const manifests = endDrains({ manifests: manifestsOf(bundle), zone, nowMs: sources.nowMs });
  const record = nameRecordIn(manifests);
  if (record !== undefined) return lookAtNameBundle(bundle, record, manifests, sources);
  const isGateway = ofKind(manifests, 'Gateway').length > 0 || ofKind(manifests, 'ServiceEntry').length > 0;
  const pods = podCountsOf(manifests, isGateway, sources);
  const readyEndpoints = pods?.ready;
  if (!isGateway) {
    const { address, message } = appTierAddress(ofKind<Service>(liveObjects(bundle, sources), 'Service'));
    return { facts: { vip: address, vipMessage: message, readyEndpoints }, deadZones: NONE };
  }
  const { healthOf, nowMs } = sources;
  const remotes = remoteMembersOf(manifests);
  const drains = drainsOf(manifests);
  const entryHealth = decideEntryHealth({ zone, readyEndpoints, members: remotes, drains, healthOf, nowMs });
  const members = bundleMembers({
    ...{ zone, manifests, pods, healthOf: memberHealth(entryHealth, healthOf) },
    loadSharesOf: sources.loadSharesOf,
  });
  const tiers = { ...ownAppTier(bundle, sources), ...webTierFacts(bundle, manifests, sources) };
  const deadZones = deadZonesOf(zone, readyEndpoints, remotes, entryHealth);
  return { facts: { readyEndpoints, members, ...tiers }, entryHealth, deadZones };
}

/** A name has no backend of its own: its members are access points and names elsewhere, judged once for DNS and mesh. */
function lookAtNameBundle(
  bundle: Bundle,
  record: NameRecord,
  manifests: readonly KubeObject[],
  sources: FactSources,
): BundleLook {
  const { members, entryHealth } = lookAtName(record, sources.verdicts(record), manifests, sources.nowMs);
  const { certificate, routeConfigured: routes } = webTierFacts(bundle, manifests, sources);
  const deadZones = deadZonesOf(bundle.spec?.zone ?? '', undefined, remoteMembersOf(manifests), entryHealth);
  return { facts: { members, certificate, routeConfigured: routes }, entryHealth, deadZones };
}

/** A drained member is reported as such, whatever its probe says. */
function memberHealth({ entries }: EntryHealthDecision, healthOf: FactSources['healthOf']): FactSources['healthOf'] {
  const byEntry = new Map(entries.map((entry) => [entry.entry, entry]));
  return (member) => {
    const verdict = byEntry.get(member.entry);
    if (verdict?.reason === 'Drained') return { healthy: false, message: verdict.message };
    const health = healthOf(member);
    if (health === undefined || verdict?.reason !== 'LastResort') return health;
    return { ...health, message: verdict.message };
  };
}

/** The app tier of a zone without workload clusters, whose gateway cluster holds the backend too. */
function ownAppTier(bundle: Bundle, sources: FactSources): BundleFacts {
  const services = ofKind<Service>(liveObjects(bundle, sources), 'Service');
  const app = services.filter(({ metadata }) => metadata.labels?.[labels.tier] === 'app');
  if (app.length === 0) return {};
  const { address, message } = appTierAddress(app);
  return { vip: address, vipMessage: message };
}

function webTierFacts(bundle: Bundle, manifests: readonly KubeObject[], sources: FactSources): BundleFacts {
  const { mesh, gatewaySecret, proxies, nowMs } = sources;
  if (mesh?.spec === undefined) return {};
  const namespace = gatewayNamespaceOf(mesh.spec);
  return {
    gatewayAddress: webTierAddress(bundle, ofKind<Gateway>(manifests, 'Gateway'), sources.gatewayServices(namespace)),
    certificate: certificateStatus(credentialNames(manifests), (name) => gatewaySecret(namespace, name), nowMs),
    routeConfigured: routeConfigured(manifests, proxies(), namespace),
  };
}

/**
 * The address in front of the gateways: the bundle's own Service when it has one (a dedicated address), else that of a shared
 * LoadBalancer Service for the same pods as the bundle's Gateway.
 */
function webTierAddress(
  { metadata }: Bundle,
  gateways: readonly Gateway[],
  services: readonly Service[],
): string | undefined {
  const balanced = services.filter(({ spec }) => spec?.type === 'LoadBalancer');
  const dedicated = balanced.filter((service) => service.metadata.labels?.[labels.tier] === 'web');
  const own = dedicated.filter((service) => service.metadata.labels?.[labels.bundle] === metadata.name);
  const shared = balanced.filter(
    (service) =>
      !dedicated.includes(service) &&
      gateways.some(({ spec }) => matchesLabels(spec?.selector, service.spec?.selector)),
  );
  const addresses = (own.length > 0 ? own : shared).flatMap((service) => loadBalancerAddress(service).address ?? []);
  return addresses.sort()[0];
}

function liveObjects({ metadata }: Bundle, { target }: FactSources): readonly KubeObject[] {
  return target?.objectsOf(metadata.name) ?? [];
}

/** A gateway sends to the pods of all clusters of its zone; a workload cluster counts its own. undefined when some are not known. */
function podCountsOf(
  manifests: readonly KubeObject[],
  isGateway: boolean,
  { clusters, target }: FactSources,
): PodCounts | undefined {
  const selector = backendSelectorOf(manifests);
  if (selector === undefined) return undefined;
  const asked = isGateway ? clusters : target === undefined ? [] : [target];
  const counts = asked.map((cluster) => {
    const pods = cluster.pods(selector.namespace);
    return pods === undefined ? undefined : countPods(selector, pods);
  });
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return counts.reduce<PodCounts>(
    (sum, count) => ({ ready: sum.ready + (count?.ready ?? 0), wanted: sum.wanted + (count?.wanted ?? 0) }),
    { ready: 0, wanted: 0 },
  );
}
