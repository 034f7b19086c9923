import type { ZoneName } from '../kernel';
import type { ClientShares } from './client-shares';

/** Client zone → zone → fraction of its requests. */
export type ShareTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A client zone and what becomes of the requests of a client in it; undefined when it has no such host. */
export type ClientRow = readonly [ZoneName, ClientShares | undefined];

/** Client zone → zone → fraction, of the clients that have the host. */
export function tableOf(clients: readonly ClientRow[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(clients.flatMap(([zone, client]) => (client === undefined ? [] : [[zone, client.shares] as const])));
}

/** A table for the result: sorted and rounded. */
export function rows(table: ReadonlyMap<string, ReadonlyMap<string, number>>): ShareTable {
  const sorted = (shares: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
    Object.fromEntries(
      [...shares].sort(([left], [right]) => (left < right ? -1 : 1)).map(([zone, part]) => [zone, round(part)]),
    );
  return Object.fromEntries([...table].map(([zone, shares]) => [zone, sorted(shares)]));
}

/** Client zone → fraction of its requests that is not served; only where there is some. */
export function failingOf(clients: readonly ClientRow[]): Readonly<Record<string, number>> {
  const parts = clients.map(([zone, client]) => [zone, round((client?.lost ?? 0) + (client?.failing ?? 0))] as const);
  return Object.fromEntries(parts.filter(([, part]) => part > 0));
}

/** Six digits: beyond them is only the noise of floating point. */
function round(part: number): number {
  return Math.round(part * 1e6) / 1e6;
}

/** What people should know about the requests of a zone. */
export function lossWarnings(zone: ZoneName, client: ClientShares | undefined): readonly string[] {
  const { lost = 0, failing = 0 } = client ?? {};
  return [
    ...(lost > NEGLIGIBLE ? [`${zone}: ${percent(lost)} of its requests find no endpoint`] : []),
    ...(failing > NEGLIGIBLE
      ? [
          `${zone}: ${percent(failing)} of its requests reach dead endpoints that outlier detection may not take out (R10)`,
        ]
      : []),
  ];
}

const NEGLIGIBLE = 0.0005;

/** A fraction for people, in tenths of a per cent. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}
