const DECIMAL = /^(0|[1-9][0-9]*)$/;

/**
 * Negative when `left` is older, 0 when equal, positive when newer; undefined when the versions are not decimal
 * numbers and so cannot be ordered (KEP-5504 guarantees the order for built-in and custom kinds, not for aggregated
 * APIs). Works at any length.
 */
export function compareResourceVersions(left: string | undefined, right: string | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === right) return 0;
  if (!DECIMAL.test(left) || !DECIMAL.test(right)) return undefined;
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : 1;
}
