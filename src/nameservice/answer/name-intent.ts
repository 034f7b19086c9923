import { type AccessPoint, type AccessPointPort, sortedPorts } from '../../accesspoint';
import { namespacedName } from '../../kube/schema';
import type { NameService, NameServiceSpec, NameServiceTarget } from '../name-service';
import { canonicalName } from './owned-names';

/** One target as a revision freezes it. */
export interface TargetIntent {
  /** `namespace/name` of an AccessPoint, or the fqdn. */
  readonly id: string;
  readonly ratio: number;
  /** The AccessPoint's own part in how the name is reached; absent for a name elsewhere. */
  readonly accessPoint?: {
    readonly mesh: string;
    readonly host: string;
    readonly ports: readonly AccessPointPort[];
    readonly gatewaySelector: Readonly<Record<string, string>>;
    /** `namespace/name` of the Service of its app tier, in every cluster that holds it; revisions of old have none. */
    readonly service?: string;
  };
}

/** The intent of a NameService with what it takes from its targets: what a revision freezes. */
export interface NameIntent extends Pick<
  NameServiceSpec,
  'mesh' | 'fqdn' | 'ttlSeconds' | 'dnsPolicy' | 'healthCheck' | 'provider' | 'meshTraffic' | 'exportTo'
> {
  readonly ports: readonly AccessPointPort[];
  readonly targets: readonly TargetIntent[];
}

/** Freezes a NameService. Of two targets that are the same the first counts. An AccessPoint that is not there is left out. */
export function nameIntentOf(service: NameService, accessPoints: readonly AccessPoint[]): NameIntent | undefined {
  const { spec } = service;
  if (spec === undefined) return undefined;
  const { mesh, fqdn, ttlSeconds, dnsPolicy, healthCheck, provider, meshTraffic, exportTo } = spec;
  const targets = new Map<string, TargetIntent>();
  for (const target of spec.targets) {
    const intent = targetIntentOf(service, target, accessPoints);
    if (intent !== undefined && !targets.has(intent.id)) targets.set(intent.id, intent);
  }
  const list = [...targets.values()];
  const ports = spec.ports ?? list.find(({ accessPoint }) => accessPoint !== undefined)?.accessPoint?.ports ?? [];
  return {
    ...{ mesh, fqdn: canonicalName(fqdn), ttlSeconds, dnsPolicy, provider, meshTraffic, exportTo },
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ports: sortedPorts(ports),
    targets: list,
  };
}

function targetIntentOf(
  service: NameService,
  target: NameServiceTarget,
  accessPoints: readonly AccessPoint[],
): TargetIntent | undefined {
  const accessPoint = accessPointOf(service, target, accessPoints);
  const ratio = target.ratio ?? 1;
  if (accessPoint?.spec === undefined) {
    return target.fqdn === undefined ? undefined : { id: canonicalName(target.fqdn), ratio };
  }
  const { mesh, hosts, ports, gateway, backend } = accessPoint.spec;
  const appTier = `${accessPoint.metadata.namespace ?? 'default'}/${backend.service.name}`;
  const host = hosts.find((candidate) => !candidate.startsWith('*')) ?? hosts[0] ?? '';
  return {
    id: namespacedName(accessPoint),
    ratio,
    accessPoint: { mesh, host, ports: sortedPorts(ports), gatewaySelector: gateway.selector, service: appTier },
  };
}

/** The AccessPoint that a target names, by reference or by one of its hosts. */
export function accessPointOf(
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
  const wanted = canonicalName(fqdn ?? '');
  return accessPoints.find(({ spec }) => spec?.hosts.some((host) => canonicalName(host) === wanted));
}
