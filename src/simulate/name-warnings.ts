import { annotations } from '../federation/api';
import type { NameService } from '../nameservice';
import { percent, type ShareTable } from './share-table';

/** From here on a zone has most of the requests. */
const MOST = 0.5;

/** Within how long clients are promised to be elsewhere, when the NameService does not say. */
const DEFAULT_PROMISE_SECONDS = 60;

/** Where the clients of a name go, by either way. */
export interface NameShares {
  /** Within the mesh. */
  readonly shares: ShareTable;
  readonly dnsShares: ShareTable;
  readonly endToEndShares: ShareTable;
}

/** In what DNS and mesh contradict each other, and where DNS cannot keep what the name promises. */
export function nameWarnings(service: NameService, shares: NameShares, intervalSeconds: number): readonly string[] {
  return [...contradictions(shares), ...slowAnswers(service, intervalSeconds)];
}

/** A zone that DNS keeps everybody out of, and that has most of the requests all the same: one of the two is not what was meant. */
function contradictions({ shares, dnsShares, endToEndShares }: NameShares): readonly string[] {
  return Object.entries(dnsShares).flatMap(([from, told]) => {
    if (Object.keys(told).length === 0) return [];
    const avoided = (row: ShareTable[string] = {}): [string, number][] =>
      Object.entries(row).filter(([zone, part]) => part > MOST && (told[zone] ?? 0) === 0);
    return [
      ...avoided(shares[from]).map(
        ([zone, part]) => `${from}: DNS sends nobody to ${zone}, the mesh ${percent(part)} of its requests`,
      ),
      ...avoided(endToEndShares[from]).map(
        ([zone, part]) =>
          `${from}: DNS sends nobody to ${zone}, where the gateways send ${percent(part)} of the requests`,
      ),
    ];
  });
}

/** Caches keep an answer for its TTL, whatever happens meanwhile. */
function slowAnswers({ spec, metadata }: NameService, intervalSeconds: number): readonly string[] {
  const promise = Number(metadata.annotations?.[annotations.failoverSeconds] ?? DEFAULT_PROMISE_SECONDS);
  if (!(promise > 0)) return [`annotation ${annotations.failoverSeconds} is no number of seconds`];
  const { ttlSeconds = 0 } = spec ?? {};
  if (ttlSeconds + intervalSeconds <= promise) return [];
  const how = `a death is found in ${intervalSeconds} s, and caches keep the answer for ${ttlSeconds} s (TTL)`;
  return [`clients that ask DNS may take longer than the ${promise} s in which they should be elsewhere: ${how}`];
}
