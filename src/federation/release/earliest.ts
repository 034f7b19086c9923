/** The first of several times of which some are not known. */
export function earliest(timesMs: readonly (number | undefined)[]): number | undefined {
  const known = timesMs.flatMap((timeMs) => timeMs ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}
