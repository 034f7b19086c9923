/** The largest sum of locality weights that Envoy and gRPC accept in one priority. */
export const WEIGHT_LIMIT = 4294967295;

/** Localities that share a part of the traffic: how much in all, and how it is divided among them. */
export interface Portion {
  /** The portion's part of the whole, a positive integer such as a percentage. */
  readonly share: number;
  /** The weight of each locality within the portion, positive integers. */
  readonly weights: readonly number[];
}

/**
 * Integer weights in which every portion has exactly its share of the sum, and every locality its part of the portion in
 * proportion to its weight. Exact wherever integers below the limit can say it; beyond that the largest remainders are
 * rounded up (of equal ones the earlier locality's), and no locality gets less than 1. Portions do not influence one
 * another's order.
 */
export function apportion(portions: readonly Portion[]): readonly (readonly number[])[] {
  const total = portions.reduce((sum, { share }) => sum + share, 0);
  const limit = BigInt(Math.floor(WEIGHT_LIMIT / Math.max(total, 1)));
  const scale = commonScale(portions, limit);
  return portions.map((portion) => divide(portion, scale));
}

/** The least factor that makes every part an integer; the largest allowed one when that is too large. */
function commonScale(portions: readonly Portion[], limit: bigint): bigint {
  let scale = 1n;
  for (const { share, weights } of portions) {
    const sum = BigInt(sumOf(weights));
    for (const weight of weights) {
      const denominator = sum / greatestCommonDivisor(sum, BigInt(share) * BigInt(weight));
      scale *= denominator / greatestCommonDivisor(scale, denominator);
      if (scale > limit) return limit;
    }
  }
  return scale;
}

function divide({ share, weights }: Portion, scale: bigint): readonly number[] {
  const whole = BigInt(share) * scale;
  const sum = BigInt(sumOf(weights));
  const parts = weights.map((weight) => Number((whole * BigInt(weight)) / sum));
  const remainders = weights.map((weight) => (whole * BigInt(weight)) % sum);
  const byRemainder = remainders
    .map((remainder, index) => ({ remainder, index }))
    .sort((left, right) => Number(right.remainder > left.remainder) - Number(right.remainder < left.remainder));
  const missing = Number(whole) - sumOf(parts);
  for (const { index } of byRemainder.slice(0, missing)) parts[index] = (parts[index] ?? 0) + 1;
  return atLeastOne(parts);
}

/** Envoy refuses a weight of 0: such a locality takes its 1 from the heaviest. */
function atLeastOne(parts: readonly number[]): readonly number[] {
  const raised = [...parts];
  for (const [index, part] of parts.entries()) {
    if (part > 0) continue;
    const heaviest = raised.indexOf(Math.max(...raised));
    raised[heaviest] = (raised[heaviest] ?? 0) - 1;
    raised[index] = 1;
  }
  return raised;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0);
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : greatestCommonDivisor(right, left % right);
}
