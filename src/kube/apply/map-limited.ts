/**
 * Maps with at most `limit` calls under way, keeping the order. The first rejection rejects, once the calls under way
 * are done.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results.set(index, await map(item));
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, worker);
  for (const outcome of await Promise.allSettled(workers)) if (outcome.status === 'rejected') throw outcome.reason;
  return items.map((_item, index) => results.get(index) as R);
}
