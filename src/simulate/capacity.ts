import { z } from 'zod';
import type { AccessPoint } from '../accesspoint';
import { annotations } from '../federation/api';

/** Zone → requests per second. */
export type RequestRates = Readonly<Record<string, number>>;

/** What an access point declares: what each zone can serve, and what the clients of each zone send. */
export interface DeclaredCapacity {
  readonly capacity: RequestRates;
  readonly demand: RequestRates;
}

const rates = z.record(z.string(), z.number().min(0));

/**
 * Reads the annotations `capacity` and `demand`, JSON objects of zone → requests per second.
 * @returns undefined without them, or a text that says what is wrong with one
 */
export function declaredCapacity({ metadata }: AccessPoint): DeclaredCapacity | string | undefined {
  const texts = [metadata.annotations?.[annotations.capacity], metadata.annotations?.[annotations.demand]];
  const [capacity, demand] = texts.map((text) => (text === undefined ? undefined : readRates(text)));
  if (capacity === undefined || demand === undefined) return undefined;
  if (!capacity.success) return `annotation ${annotations.capacity} is not JSON of zone → requests per second`;
  if (!demand.success) return `annotation ${annotations.demand} is not JSON of zone → requests per second`;
  return { capacity: capacity.data, demand: demand.data };
}

function readRates(text: string): ReturnType<typeof rates.safeParse> {
  try {
    return rates.safeParse(JSON.parse(text));
  } catch {
    return rates.safeParse(text); // a text that is no JSON fails the schema, which is what the caller reports
  }
}

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
export function overloads({ capacity }: DeclaredCapacity, arriving: ReadonlyMap<string, number>): readonly string[] {
  return [...arriving].sort().flatMap(([zone, rate]) => {
    const limit = capacity[zone];
    if (limit === undefined || rate <= limit) return [];
    const percent = limit === 0 ? '' : `, ${Math.round((rate * 100) / limit)} % of it`;
    return [`${zone} would get ${Math.round(rate)} requests/s and declares a capacity of ${limit}${percent}`];
  });
}
