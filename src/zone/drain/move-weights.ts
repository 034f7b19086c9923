import type { KubeObject } from '../../kube/schema';
import { zoneOfPattern } from '../facts/bundle-members';
import { failoverOrderOf, isRule, type PatternShares, withOwnShares } from './own-shares';

/** What an upstream istiod has to be told in weights, since it knows no order beyond them (R4, R5). */
export interface MoveWeightsInput {
  readonly manifests: readonly KubeObject[];
  /** The zone of the clients. */
  readonly zone: string;
  /** Zones that can serve nothing now. */
  readonly dead: ReadonlySet<string>;
}

/**
 * The manifests with the weights for the own zone's clients moved away from dead zones: to those named beside them, in
 * proportion, as Envoy does within a priority; when none of them lives, to the first living zone of the failover order. When
 * nobody lives, nothing moves. Weights stay integers of 1 to 100 that sum to 100 (R3).
 */
export function moveWeights({ manifests, zone, dead }: MoveWeightsInput): readonly KubeObject[] {
  if (dead.size === 0) return manifests;
  return manifests.map((manifest) =>
    isRule(manifest)
      ? withOwnShares(manifest, zone, (to) => movedTo(to, dead, failoverOrderOf(manifest, zone)))
      : manifest,
  );
}

function movedTo(to: PatternShares, dead: ReadonlySet<string>, order: readonly string[]): PatternShares {
  const living = Object.entries(to).filter(([pattern]) => !dead.has(zoneOfPattern(pattern)));
  if (living.length === Object.keys(to).length) return to;
  if (living.length > 0) return Object.fromEntries(scaledTo100(living));
  const next = order.find((zone) => !dead.has(zone));
  return next === undefined ? to : { [`${next}/*`]: 100 };
}

/** Largest remainder; the larger weight first among equals. What is left of 100 only grows, so nobody falls below 1. */
function scaledTo100(weights: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  const exact = weights.map(([pattern, weight]) => ({ pattern, weight, share: (weight * 100) / sum }));
  const left = 100 - exact.reduce((total, { share }) => total + Math.floor(share), 0);
  const raised = [...exact]
    .sort((one, other) => (other.share % 1) - (one.share % 1) || other.weight - one.weight)
    .slice(0, left)
    .map(({ pattern }) => pattern);
  return exact.map(({ pattern, share }) => [pattern, Math.floor(share) + (raised.includes(pattern) ? 1 : 0)]);
}
