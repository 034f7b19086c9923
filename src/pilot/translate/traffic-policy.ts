import type { Subset, TrafficPolicy } from '../../istio';
import type { MergedDestinationRule } from '../model';

/** The parts of a TrafficPolicy after ports and subsets are settled. */
export type EffectivePolicy = Omit<TrafficPolicy, 'portLevelSettings'>;

/**
 * The policy for one port of one subset (Istio's rules): the subset's parts replace the host's; settings of the port replace
 * all four of load balancer, pool, outlier detection and TLS, named or not.
 */
export function policyFor(rule: MergedDestinationRule | undefined, port: number, subset?: Subset): EffectivePolicy {
  const host = overlay({}, rule?.trafficPolicy, port);
  return subset ? overlay(host, subset.trafficPolicy, port) : host;
}

function overlay(base: EffectivePolicy, policy: TrafficPolicy | undefined, port: number): EffectivePolicy {
  if (!policy) return base;
  const { portLevelSettings, ...whole } = policy;
  const merged = { ...base, ...defined(whole) };
  const ofPort = portLevelSettings?.find((settings) => settings.port?.number === port);
  if (!ofPort) return merged;
  const { loadBalancer, connectionPool, outlierDetection, tls } = ofPort;
  return { ...merged, loadBalancer, connectionPool, outlierDetection, tls };
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Partial<T>;
}
