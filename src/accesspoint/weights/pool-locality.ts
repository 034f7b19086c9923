import type { ZoneName } from '../../kernel';
import { type LocalityIntent, localityShares, type LocalityShares } from './locality-shares';

/** What the shares of every zone's clients follow from, drains apart. It stands beside drains in a rule, so that a zone can end them without the hub. */
export interface PoolLocality extends Omit<LocalityIntent, 'drained'> {
  /** Zones that every zone's clients reach. */
  readonly members: readonly ZoneName[];
  /** Zones that only their own clients reach, because no address of them is known. */
  readonly localOnly: readonly ZoneName[];
}

/** The shares of the clients of one zone while some zones are drained. */
export function poolShares(
  from: ZoneName,
  { members, localOnly, ...intent }: PoolLocality,
  isDrained: (zone: ZoneName) => boolean,
): LocalityShares {
  const own = [...members, ...localOnly.filter((zone) => zone === from)];
  return localityShares(from, own, { ...intent, drained: own.filter(isDrained) });
}
