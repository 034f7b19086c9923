import type { DeclaredRates, RequestRates } from '../federation/api';

/**
 * What every zone has to serve, in requests per second. The clients of a zone that is lost come in through the zones that are left,
 * in even parts: their requests do not vanish with their zone.
 */
export function arrivals(
  demand: RequestRates,
  shares: ReadonlyMap<string, ReadonlyMap<string, number>>,
): ReadonlyMap<string, number> {
  const homeless = Object.entries(demand)
    .filter(([zone]) => !shares.has(zone))
    .reduce((sum, [, rate]) => sum + rate, 0);
  const arriving = new Map<string, number>();
  for (const [from, to] of shares) {
    const rate = (demand[from] ?? 0) + homeless / shares.size;
    for (const [zone, share] of to) arriving.set(zone, (arriving.get(zone) ?? 0) + rate * share);
  }
  return arriving;
}

/** One sentence for every zone that would have to serve more than it can. */
export function overloads({ capacity }: DeclaredRates, arriving: ReadonlyMap<string, number>): readonly string[] {
  return [...arriving].sort().flatMap(([zone, rate]) => {
    const limit = capacity[zone];
    if (limit === undefined || rate <= limit) return [];
    const percent = limit === 0 ? '' : `, ${Math.round((rate * 100) / limit)} % of it`;
    return [`${zone} would get ${Math.round(rate)} requests/s and declares a capacity of ${limit}${percent}`];
  });
}
