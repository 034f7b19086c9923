import { withLocality } from '../../model';
import type { OutboundTarget } from '../outbound-target';
import { distribute, distributeFor } from './distribute';
import { failoverByLabels, failoverByRegion } from './failover';
import { type LocalityGroup, withoutGaps } from './locality-group';
import { readyShares } from './ready-shares';

/** The localities of a cluster with their weights and priorities, and whether priorities spill only when one is empty. */
export interface Arrangement {
  readonly groups: readonly LocalityGroup[];
  readonly strictOrder: boolean;
}

const SAME_ZONE = ['topology.istio.io/network', 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];

/** Labels that spec.trafficDistribution prefers, nearest first (KEP-2433, KEP-3015). */
const TRAFFIC_DISTRIBUTION: Readonly<Record<string, readonly string[]>> = {
  PreferClose: SAME_ZONE,
  PreferSameZone: SAME_ZONE,
  PreferSameNode: [...SAME_ZONE, 'topology.istio.io/subzone', 'kubernetes.io/hostname'],
};

/**
 * Applies the locality settings of a target: those of its DestinationRule, else the Service's traffic distribution, else
 * Istio's default (failover by distance). Failover needs outlier detection, without which no host is ever found missing.
 */
export function arrangeLocalities(target: OutboundTarget, groups: readonly LocalityGroup[]): Arrangement {
  const { service, policy } = target;
  const proxy = withLocality(target.model, target.proxy);
  const { loadBalancer, outlierDetection } = policy;
  const setting = loadBalancer?.localityLbSetting;
  if (setting?.enabled === false) return { groups, strictOrder: false };
  if (setting?.distribute?.length) return arrangeByShares({ ...target, proxy }, groups);
  const preferred = setting ? undefined : TRAFFIC_DISTRIBUTION[service.trafficDistribution ?? ''];
  if (preferred) return { groups: failoverByLabels(groups, proxy, preferred), strictOrder: false };
  if (!outlierDetection) return { groups, strictOrder: false };
  const { failover = [], failoverPriority = [] } = setting ?? {};
  if (failoverPriority.length === 0)
    return { groups: failoverByRegion(groups, proxy.locality, failover), strictOrder: false };
  const byLabels = failoverByLabels(groups, proxy, failoverPriority);
  return {
    groups: failover.length > 0 ? failoverByRegion(byLabels, proxy.locality, failover) : byLabels,
    strictOrder: false,
  };
}

function arrangeByShares(target: OutboundTarget, groups: readonly LocalityGroup[]): Arrangement {
  const { proxy, rule, policy } = target;
  const entries = policy.loadBalancer?.localityLbSetting?.distribute ?? [];
  const entry = distributeFor(entries, proxy.locality);
  if (!entry) return { groups, strictOrder: false };
  const orders = rule?.failoverOrder;
  const { region, zone } = proxy.locality;
  const order = orders && (orders[`${region}/${zone}`] ?? []);
  const shares = readyShares({ target, entry, entries, groups, order: order ?? [] });
  return { groups: withoutGaps(distribute(groups, shares, order)), strictOrder: orders !== undefined };
}
