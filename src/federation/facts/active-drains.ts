import type { AccessPoint } from '../../accesspoint';

/** One drain: a zone, and when it ends (RFC 3339). */
export interface Drain {
  readonly zone: string;
  readonly until: string;
}

/** The drains of some list that are on at `nowMs`, sorted by zone. */
export function activeDrains(drains: readonly Drain[], nowMs: number): Drain[] {
  const active = drains.filter(({ until }) => Date.parse(until) > nowMs).map(({ zone, until }) => ({ zone, until }));
  return active.sort((left, right) => (left.zone < right.zone ? -1 : 1));
}

/**
 * The drains that are in force. They are no part of a revision: they take effect at once everywhere, and end by themselves. Those of a
 * spec that is not accepted change nothing; the ones that were in force go on until they end.
 */
export function drainsInForce({ spec, status }: AccessPoint, isAccepted: boolean, nowMs: number): Drain[] {
  return activeDrains((isAccepted ? spec?.runtime.drain : status?.drains) ?? [], nowMs);
}

/** When each drain ends, in milliseconds since the epoch. */
export function drainEndsMs(drains: readonly Drain[]): number[] {
  return drains.map(({ until }) => Date.parse(until));
}
