import type { BundleStatus } from '../../federation/api';
import { parseLocality, type ZoneName } from '../../kernel';
import { type KubeObject, namespacedName } from '../../kube/schema';
import type { DestinationRule, ServiceEntry, WorkloadEntry } from '../../istio';
import { isReadyForAll } from '../../pilot/translate';
import type { PodCounts } from './ready-pods';
import { ofKind } from './select-objects';

/** One entry of a Bundle's `status.members`. */
export type MemberStatus = NonNullable<BundleStatus['members']>[number];

/** A remote zone's VIP as the bundle's WorkloadEntry names it. */
export interface RemoteMember {
  /** `namespace/name` of the WorkloadEntry. */
  readonly entry: string;
  readonly zone: string;
  readonly address: string;
  /** Where a probe connects: the first port of the entry, by name. */
  readonly port?: number;
}

/** Address that stands for the pods of the own zone in `status.members`. */
export const LOCAL_MEMBER = 'local';

/** The remote VIPs of a bundle, in the order of their zones. */
export function remoteMembersOf(manifests: readonly KubeObject[]): readonly RemoteMember[] {
  const fallbackPort = servicePort(manifests);
  return ofKind<WorkloadEntry>(manifests, 'WorkloadEntry')
    .flatMap((entry) => {
      const { address, locality, ports } = entry.spec ?? {};
      if (address === undefined || locality === undefined) return [];
      const [, port = fallbackPort] =
        Object.entries(ports ?? {}).sort(([left], [right]) => (left < right ? -1 : 1))[0] ?? [];
      const member = { entry: namespacedName(entry), zone: zoneOfPattern(locality), address };
      return [port === undefined ? member : { ...member, port }];
    })
    .sort((left, right) => (`${left.zone} ${left.address}` < `${right.zone} ${right.address}` ? -1 : 1));
}

/** What is known of a remote member's health. */
export interface MemberHealth {
  readonly healthy: boolean;
  readonly message?: string;
}

/** What `status.members` is made from. */
export interface MembersInput {
  readonly zone: ZoneName;
  readonly manifests: readonly KubeObject[];
  /** Pods of the own zone; undefined when they are not known. */
  readonly pods: PodCounts | undefined;
  readonly healthOf: (member: RemoteMember) => MemberHealth | undefined;
  /** Where requests to a host went of late, in per cent by `region/zone`. */
  readonly loadSharesOf: (hostname: string) => ReadonlyMap<string, number> | undefined;
}

/**
 * The members behind a gateway bundle's host with their share, in per cent, as the DestinationRule gives it to this zone, and as its proxies
 * observed it.
 * @returns undefined when the bundle has no host with members
 */
export function bundleMembers(input: MembersInput): MemberStatus[] | undefined {
  const { zone, manifests, pods, healthOf, loadSharesOf } = input;
  const [entry] = ofKind<ServiceEntry>(manifests, 'ServiceEntry');
  if (entry === undefined) return undefined;
  const [host] = entry.spec?.hosts ?? [];
  const observed = host === undefined ? undefined : loadSharesOf(host);
  const weights = weightsFrom(zone, manifests);
  const local: MemberStatus = {
    zone,
    address: LOCAL_MEMBER,
    healthy: (pods?.ready ?? 0) > 0,
    ...handOverMessage(pods),
  };
  const remote = remoteMembersOf(manifests).map((member): MemberStatus => {
    const { healthy, message } = healthOf(member) ?? { healthy: false, message: 'not probed yet' };
    return { zone: member.zone, address: member.address, healthy, ...(message === undefined ? {} : { message }) };
  });
  return [local, ...remote].map((member) => ({
    ...member,
    ...(weights === undefined ? {} : { weight: weights.get(member.zone) ?? 0 }),
    ...(observed === undefined ? {} : { observedPercent: observed.get(member.zone) ?? 0 }),
  }));
}

/** Why less than its share may be observed: our pilot hands over what too few pods would have to serve. */
function handOverMessage(pods: PodCounts | undefined): { readonly message?: string } {
  if (pods === undefined || pods.ready === 0 || isReadyForAll({ ready: pods.ready, total: pods.wanted })) return {};
  return { message: `${pods.ready} of ${pods.wanted} pods are ready, too few for its share` };
}

/** zone → per cent for clients of one zone; undefined when no rule speaks for it. */
function weightsFrom(zone: ZoneName, manifests: readonly KubeObject[]): ReadonlyMap<string, number> | undefined {
  const rules = ofKind<DestinationRule>(manifests, 'DestinationRule').flatMap(
    ({ spec }) => spec?.trafficPolicy?.loadBalancer?.localityLbSetting?.distribute ?? [],
  );
  const rule = rules.find(({ from }) => from !== undefined && zoneOfPattern(from) === zone);
  if (rule === undefined) return undefined;
  return new Map(Object.entries(rule.to ?? {}).map(([to, weight]) => [zoneOfPattern(to), weight]));
}

/** `region/zone` of a locality or of a pattern such as `region/zone/*`. */
export function zoneOfPattern(locality: string): string {
  const { region, zone } = parseLocality(locality);
  return `${region}/${zone}`;
}

/** Port of the pods behind the first port of the ServiceEntry. */
function servicePort(manifests: readonly KubeObject[]): number | undefined {
  const [entry] = ofKind<ServiceEntry>(manifests, 'ServiceEntry');
  const [port] = entry?.spec?.ports ?? [];
  return port?.targetPort ?? port?.number;
}
