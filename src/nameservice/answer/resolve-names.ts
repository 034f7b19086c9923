import { type AccessPoint, zonesByDistance } from '../../accesspoint';
import { type MemberCluster, type Mesh } from '../../federation/api';
import { type Finding, parseZoneName } from '../../kernel';
import { namespacedName } from '../../kube/schema';
import type { NameService, NameServiceTarget } from '../name-service';
import type { AnswerMember, AnswerName } from './name-table';

/** The hub objects that names are resolved from. */
export interface NameSources {
  readonly nameServices: readonly NameService[];
  readonly accessPoints: readonly AccessPoint[];
  readonly memberClusters: readonly MemberCluster[];
  readonly meshes: readonly Mesh[];
  /** Addresses that health checks found dead; absent means healthy, because missing news takes nothing out. */
  readonly unhealthy?: ReadonlySet<string>;
}

/** Names ready to be answered, and what was wrong with those that are not. */
export interface ResolvedNames {
  readonly names: readonly AnswerName[];
  readonly findings: readonly Finding[];
}

const DEFAULT_LOCAL_PERCENT = 99;

/**
 * Resolves the targets of every NameService into members with zones and addresses. Of two NameServices with one name the
 * older keeps it; a target that cannot be resolved is a finding and leaves the others as they are.
 */
export function resolveNames(sources: NameSources): ResolvedNames {
  const findings: Finding[] = [];
  const owned = new Map<string, NameService>();
  for (const service of [...sources.nameServices].sort(byAge)) {
    const fqdn = canonical(service.spec?.fqdn ?? '');
    const owner = owned.get(fqdn);
    if (owner) findings.push(conflict(service, fqdn, owner));
    else owned.set(fqdn, service);
  }
  const names = [...owned].map(([fqdn, service]) => resolveOne(fqdn, service, sources, findings));
  return { names, findings };
}

function resolveOne(fqdn: string, service: NameService, sources: NameSources, findings: Finding[]): AnswerName {
  const { spec } = service;
  const targets = spec?.targets ?? [];
  const members = targets.flatMap((target, index) => {
    const resolved = resolveTarget(service, target, index, sources);
    if (resolved.length === 0) findings.push(unresolved(service, index));
    return resolved;
  });
  const mesh = sources.meshes.find(({ metadata }) => metadata.name === spec?.mesh);
  return {
    fqdn,
    ttlSeconds: spec?.ttlSeconds ?? 30,
    policy: spec?.dnsPolicy ?? 'Locality',
    members,
    ports: portsOf(service, sources),
    localPercent: mesh?.spec?.locality.localPercent ?? DEFAULT_LOCAL_PERCENT,
    nearest: nearestZones(sources.memberClusters),
    owner: namespacedName(service),
  };
}

function resolveTarget(
  service: NameService,
  target: NameServiceTarget,
  index: number,
  sources: NameSources,
): readonly AnswerMember[] {
  const accessPoint = accessPointOf(service, target, sources.accessPoints);
  const ratio = target.ratio ?? 1;
  if (!accessPoint) {
    return target.fqdn === undefined
      ? []
      : [{ addresses: [], alias: target.fqdn, healthy: true, target: index, ratio }];
  }
  return gatewayAddresses(accessPoint, sources.memberClusters).map(({ zone, address }) => ({
    zone,
    addresses: [address],
    healthy: sources.unhealthy?.has(address) !== true,
    target: index,
    ratio,
  }));
}

function accessPointOf(
  service: NameService,
  { accessPointRef, fqdn }: NameServiceTarget,
  accessPoints: readonly AccessPoint[],
): AccessPoint | undefined {
  if (accessPointRef) {
    const namespace = accessPointRef.namespace ?? service.metadata.namespace;
    return accessPoints.find(
      ({ metadata }) => metadata.name === accessPointRef.name && metadata.namespace === namespace,
    );
  }
  const wanted = canonical(fqdn ?? '');
  return accessPoints.find(({ spec }) => spec?.hosts.some((host) => canonical(host) === wanted));
}

/** The way in of each zone where an access point is placed: its gateway's address there, sorted by zone. */
function gatewayAddresses(
  accessPoint: AccessPoint,
  clusters: readonly MemberCluster[],
): readonly { readonly zone: string; readonly address: string }[] {
  const zones = new Set((accessPoint.status?.clusters ?? []).map(({ zone }) => zone));
  return clusters
    .filter(({ spec }) => spec?.role === 'Gateway')
    .flatMap(({ spec, status }) => {
      const zone = `${spec?.region}/${spec?.zone}`;
      const found = status?.facts?.gatewayAddresses.find(({ mesh }) => mesh === accessPoint.spec?.mesh);
      return found && zones.has(zone) ? [{ zone, address: found.address }] : [];
    })
    .sort((left, right) => (left.zone < right.zone ? -1 : 1));
}

function portsOf(service: NameService, sources: NameSources): AnswerName['ports'] {
  const first = service.spec?.targets
    .map((target) => accessPointOf(service, target, sources.accessPoints))
    .find(Boolean);
  return (first?.spec?.ports ?? []).map(({ name, number }) => ({ name, number, transport: 'tcp' as const }));
}

function nearestZones(clusters: readonly MemberCluster[]): AnswerName['nearest'] {
  const zones = [...new Set(clusters.map(({ spec }) => parseZoneName(`${spec?.region}/${spec?.zone}`)))];
  return Object.fromEntries(zones.map((zone) => [zone, zonesByDistance(zone, zones, [])]));
}

function byAge(left: NameService, right: NameService): number {
  const ages = (left.metadata.creationTimestamp ?? '').localeCompare(right.metadata.creationTimestamp ?? '');
  return ages !== 0 ? ages : namespacedName(left).localeCompare(namespacedName(right));
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function reference({ apiVersion, kind, metadata }: NameService): NonNullable<Finding['object']> {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function conflict(service: NameService, fqdn: string, owner: NameService): Finding {
  return {
    code: 'FLO7010',
    severity: 'error',
    object: reference(service),
    path: 'spec.fqdn',
    message: `${fqdn} belongs to the older NameService ${namespacedName(owner)}`,
    hint: 'choose another name, or delete the older one: this one takes over by itself then',
  };
}

function unresolved(service: NameService, index: number): Finding {
  return {
    code: 'FLO7011',
    severity: 'warning',
    object: reference(service),
    path: `spec.targets[${index}]`,
    message: 'the target has no address yet: its AccessPoint is unknown, or no zone has reported a gateway address',
    hint: 'compare with `kubectl get ap` and the facts in `kubectl get mc -o yaml`',
  };
}
