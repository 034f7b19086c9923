import type { ConsistentHash, LoadBalancerSettings } from '../../../istio';
import type { Cluster } from '../../proto';
import { durationOf } from '../proto-duration';

const DEFAULT_RING_SIZE = 1024;

/** The load-balancing fields of a cluster whose endpoints are known (not ORIGINAL_DST). LEAST_REQUEST is Istio's default. */
export function loadBalancerFields(settings: LoadBalancerSettings | undefined): Partial<Cluster> {
  if (settings?.consistentHash) return consistentHashFields(settings.consistentHash);
  const slowStartConfig = slowStart(settings);
  switch (settings?.simple) {
    case 'RANDOM':
      return { lbPolicy: 'RANDOM' };
    case 'ROUND_ROBIN':
      return slowStartConfig ? { roundRobinLbConfig: { slowStartConfig } } : {};
    case 'PASSTHROUGH':
      return { lbPolicy: 'CLUSTER_PROVIDED' };
    default:
      return { lbPolicy: 'LEAST_REQUEST', ...(slowStartConfig ? { leastRequestLbConfig: { slowStartConfig } } : {}) };
  }
}

function consistentHashFields({ ringHash, maglev, minimumRingSize }: ConsistentHash): Partial<Cluster> {
  if (maglev) {
    return {
      lbPolicy: 'MAGLEV',
      maglevLbConfig: maglev.tableSize ? { tableSize: String(maglev.tableSize) } : undefined,
    };
  }
  const size = ringHash ? ringHash.minimumRingSize : minimumRingSize || DEFAULT_RING_SIZE;
  return { lbPolicy: 'RING_HASH', ringHashLbConfig: size ? { minimumRingSize: String(size) } : undefined };
}

function slowStart(settings: LoadBalancerSettings | undefined): object | undefined {
  const { warmup, warmupDurationSecs } = settings ?? {};
  const slowStartWindow = durationOf(warmup?.duration ?? warmupDurationSecs);
  if (slowStartWindow === undefined) return undefined;
  if (!warmup) return { slowStartWindow };
  // Envoy refuses an empty runtime key; one that nobody sets leaves the default value in force.
  const aggression = { defaultValue: warmup.aggression ?? 1, runtimeKey: '(' };
  return { slowStartWindow, aggression, minWeightPercent: { value: warmup.minimumPercent ?? 10 } };
}
