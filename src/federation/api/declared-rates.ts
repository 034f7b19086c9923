import { z } from 'zod';
import type { KubeObject } from '../../kube/schema';
import { annotations } from './group';

/** Zone → requests per second. */
export type RequestRates = Readonly<Record<string, number>>;

/** What each zone can serve, and what the clients of each zone send. */
export interface DeclaredRates {
  readonly capacity: RequestRates;
  readonly demand: RequestRates;
}

const rates = z.record(z.string(), z.number().min(0));

/**
 * Reads the annotations `capacity` and `demand`, JSON objects of zone → requests per second.
 * @returns undefined without them, or a text that says what is wrong with one
 */
export function declaredRates({ metadata }: Pick<KubeObject, 'metadata'>): DeclaredRates | string | undefined {
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
