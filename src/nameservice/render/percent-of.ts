/**
 * Integers that sum to exactly 100, by largest remainder, in the order of their keys where remainders are equal (Istio wants whole per
 * cents, R3). A key with a share that rounds to 0 is left out. When every weight is 0, all count the same; nothing gives nothing.
 */
export function percentOf<Key extends string>(weights: ReadonlyMap<Key, number>): Map<Key, number> {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const shares = [...weights].map(([key, weight]) => {
    const percent = total === 0 ? 100 / weights.size : (weight / total) * 100;
    // Seven tenths of a hundred are not quite 70 in binary.
    const share = Math.floor(percent + 1e-9);
    return { key, share, rest: percent - share };
  });
  const missing = shares.length === 0 ? 0 : 100 - shares.reduce((sum, { share }) => sum + share, 0);
  const byRest = [...shares].sort((left, right) => right.rest - left.rest || (left.key < right.key ? -1 : 1));
  const lifted = new Set(byRest.slice(0, missing));
  const whole = shares.map((entry) => [entry.key, entry.share + (lifted.has(entry) ? 1 : 0)] as const);
  return new Map(whole.filter(([, share]) => share > 0));
}
