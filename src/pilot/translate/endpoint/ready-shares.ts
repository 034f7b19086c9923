import type { DeclaredRates } from '../../../federation/api';
import type { LocalityLoadBalancerSetting } from '../../../istio';
import type { Locality } from '../../../kernel';
import { compareText, labelsMatch } from '../../model';
import type { OutboundTarget } from '../outbound-target';
import { patternsOf } from './distribute';
import { handOver, type ZoneReadiness } from './hand-over';
import type { LocalityGroup } from './locality-group';

type Distribute = NonNullable<LocalityLoadBalancerSetting['distribute']>[number];
type Shares = Readonly<Record<string, number>>;

/** What the shares of one entry sum to (Istio's LocalityLoadBalancerSetting.distribute). */
const ALL_PERCENT = 100;

/** One `distribute` entry of a target's rule, and what its endpoints are now. */
export interface ReadySharesInput {
  readonly target: OutboundTarget;
  /** The entry for the proxy's locality. */
  readonly entry: Distribute;
  /** All entries of the rule. */
  readonly entries: readonly Distribute[];
  /** Endpoints that serve, by locality. */
  readonly groups: readonly LocalityGroup[];
  /** Zones that only take over, nearest first. */
  readonly order: readonly string[];
}

/** The shares of an entry as far as zones are ready for them, with zones that only take over where they are needed; see `handOver`. */
export function readyShares(input: ReadySharesInput): Shares {
  const { target, entry, groups, order } = input;
  const { service, port, subset, rule } = target;
  const shares = entry.to ?? {};
  if (!rule?.handsOver) return shares;
  const wanted = subset?.labels ?? {};
  const unready = service.unready(port.port).filter(({ labels }) => labelsMatch(wanted, labels));
  const keyOf = keysOf(shares, order);
  const ready = counted(
    groups.flatMap(({ locality, endpoints }) => endpoints.map(() => locality)),
    keyOf,
  );
  const keys = keysInOrder(shares, order);
  if (unready.length === 0 && keys.every((key) => ready.has(key))) return shares;
  const missing = counted(
    unready.map(({ locality }) => locality),
    keyOf,
  );
  const rates = rule.rates;
  const dead = keys.filter((key) => !ready.has(key));
  const zones = keys.map((key): ZoneReadiness => {
    const serving = ready.get(key) ?? 0;
    const total = serving + (missing.get(key) ?? 0);
    const spare = rates ? spareOf(key, { ...input, rates, dead }) : Infinity;
    return { key, share: shares[key] ?? 0, ready: serving, total, spare };
  });
  const parts = handOver(zones);
  return parts ? inLowestTerms(parts) : shares;
}

/** The pattern that covers a locality; a zone that only takes over gets one. */
function keysOf(shares: Shares, order: readonly string[]): (locality: Locality) => string | undefined {
  const patternOf = patternsOf(shares);
  return (locality) => {
    const zone = `${locality.region}/${locality.zone}`;
    return patternOf(locality) ?? (order.includes(zone) ? patternOfZone(zone) : undefined);
  };
}

function keysInOrder(shares: Shares, order: readonly string[]): readonly string[] {
  const named = Object.keys(shares).filter((pattern) => (shares[pattern] ?? 0) > 0);
  const others = order.map(patternOfZone).filter((pattern) => !named.includes(pattern));
  return [...named.sort(compareText), ...others];
}

function patternOfZone(zone: string): string {
  return `${zone}/*`;
}

function zoneOfPattern(pattern = ''): string {
  return pattern.split('/').slice(0, 2).join('/');
}

function counted(
  localities: readonly Locality[],
  keyOf: (locality: Locality) => string | undefined,
): ReadonlyMap<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const locality of localities) {
    const key = keyOf(locality);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

interface SpareInput extends ReadySharesInput {
  readonly rates: DeclaredRates;
  /** Zones without anything ready, whose part of other zones' requests comes back to these. */
  readonly dead: readonly string[];
}

/**
 * What a zone can serve beyond what it gets anyway, measured by what the clients of this zone send. Every zone that needs help reckons as
 * if it were the only one, for it does not know of others.
 */
function spareOf(key: string, { entry, entries, rates, dead }: SpareInput): number {
  const capacity = rates.capacity[zoneOfPattern(key)];
  const sent = rates.demand[zoneOfPattern(entry.from)] ?? 0;
  if (capacity === undefined || sent === 0) return Infinity;
  const arriving = entries.reduce((sum, other) => {
    const { from, to = {} } = other;
    const lost = other === entry ? 0 : dead.reduce((total, zone) => total + (to[zone] ?? 0), 0);
    const part = lost < ALL_PERCENT ? (to[key] ?? 0) / (ALL_PERCENT - lost) : 0;
    return sum + (rates.demand[zoneOfPattern(from)] ?? 0) * part;
  }, 0);
  return Math.max(0, capacity - arriving) / sent;
}

function inLowestTerms(parts: ReadonlyMap<string, number>): Shares {
  const divisor = [...parts.values()].reduce(greatestCommonDivisor, 0);
  return Object.fromEntries([...parts].map(([key, part]) => [key, part / divisor]));
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
