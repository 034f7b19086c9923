import { z } from 'zod';
import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import type { KubeObject } from '../../kube/schema';
import { isRule, withFailoverOrder, withOwnShares } from './own-shares';

/** Bundles whose drains may have ended, and for whom. */
export interface EndDrainsInput {
  readonly manifests: readonly KubeObject[];
  /** The zone of the clients. */
  readonly zone: string;
  readonly nowMs: number;
}

const endsSchema = z.array(
  z.object({
    at: z.string(),
    to: z.record(z.string(), z.number().int().min(1).max(100)),
    failover: z.array(z.string()),
  }),
);

/**
 * The manifests with the drains that are over taken back for the own zone's clients: the hub, which would do it, may be gone. What comes
 * after each end stands in the rule itself; what cannot be read changes nothing.
 */
export function endDrains({ manifests, zone, nowMs }: EndDrainsInput): readonly KubeObject[] {
  return manifests.map((manifest) => (isRule(manifest) ? endInRule(manifest, zone, nowMs) : manifest));
}

function endInRule(rule: DestinationRule, zone: string, nowMs: number): DestinationRule {
  const now = endsOf(rule)
    .filter(({ at }) => Date.parse(at) <= nowMs)
    .at(-1);
  if (now === undefined) return rule;
  const to = Object.fromEntries(Object.entries(now.to).map(([name, percent]) => [`${name}/*`, percent]));
  return withFailoverOrder(
    withOwnShares(rule, zone, () => to),
    zone,
    now.failover,
  );
}

/** The ends of drains that a rule names, earliest first. */
function endsOf({ metadata }: DestinationRule): z.infer<typeof endsSchema> {
  const text = metadata.annotations?.[annotations.drainEnds];
  if (text === undefined) return [];
  try {
    const { success, data } = endsSchema.safeParse(JSON.parse(text));
    return success ? [...data].sort((left, right) => Date.parse(left.at) - Date.parse(right.at)) : [];
  } catch {
    return []; // a person's slip in the annotation must not keep the bundle from being applied
  }
}
