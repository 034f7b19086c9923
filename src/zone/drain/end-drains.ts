import { z } from 'zod';
import { type PoolLocality, poolShares } from '../../accesspoint/weights';
import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import { parseZoneName, type ZoneName } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { type Drains, drainsOf } from './drains-of';
import { isRule, withFailoverOrder, withOwnShares } from './own-shares';

/** Manifests whose drains may have ended, and for whom. */
export interface EndDrainsInput {
  readonly manifests: readonly KubeObject[];
  /** The zone of the clients. */
  readonly zone: ZoneName;
  readonly nowMs: number;
}

const zones = z.array(z.string().transform(parseZoneName));
const poolSchema = z.object({
  localPercent: z.number().int().min(1).max(100),
  remote: z.enum(['Nearest', 'All']),
  failoverOrder: z.array(z.string()),
  members: zones,
  localOnly: zones,
});

/**
 * The manifests with the drains that are over taken back for the own zone's clients: the hub, which would do it, may be gone. What the
 * shares follow from then stands in the rule itself; what cannot be read changes nothing.
 */
export function endDrains({ manifests, zone, nowMs }: EndDrainsInput): readonly KubeObject[] {
  return manifests.map((manifest) => (isRule(manifest) ? endInRule(manifest, zone, nowMs) : manifest));
}

function endInRule(rule: DestinationRule, zone: ZoneName, nowMs: number): DestinationRule {
  const drains = drainsOf([rule]);
  const pool = [...drains.values()].some((untilMs) => untilMs <= nowMs) ? poolOf(rule) : undefined;
  if (pool === undefined) return rule;
  const { to, failover } = poolShares(zone, pool, (place) => isOn(drains, place, nowMs));
  const patterns = Object.fromEntries([...to].map(([place, percent]) => [`${place}/*`, percent]));
  return withFailoverOrder(
    withOwnShares(rule, zone, () => patterns),
    zone,
    failover,
  );
}

function isOn(drains: Drains, zone: string, nowMs: number): boolean {
  return (drains.get(zone) ?? 0) > nowMs;
}

function poolOf({ metadata }: DestinationRule): PoolLocality | undefined {
  const text = metadata.annotations?.[annotations.poolLocality];
  if (text === undefined) return undefined;
  try {
    return poolSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // a person's slip in the annotation must not keep the bundle from being applied
  }
}
