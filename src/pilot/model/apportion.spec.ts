import fc from 'fast-check';
import { apportion, type Portion, WEIGHT_LIMIT } from './apportion';

const portion = fc.record({
  share: fc.integer({ min: 1, max: 100 }),
  weights: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
});
const portions = fc.array(portion, { minLength: 1, maxLength: 5 });
/** Few and light enough that every part is an integer below the limit: three sums of at most 60. */
const exactPortions = fc.array(
  fc.record({
    share: fc.integer({ min: 1, max: 100 }),
    weights: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 3 },
);
/** Weights whose least common denominator is beyond what a weight can say. */
const roundedPortions = fc.array(
  fc.record({
    share: fc.integer({ min: 1, max: 100 }),
    weights: fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 20 }),
  }),
  { minLength: 3, maxLength: 6 },
);
const any = fc.oneof(portions, roundedPortions);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0);
}

/** left/leftWhole = right/rightWhole, in integers. */
function sameRatio(left: number, leftWhole: number, right: number, rightWhole: number): boolean {
  return BigInt(left) * BigInt(rightWhole) === BigInt(right) * BigInt(leftWhole);
}

function wholeOf(result: readonly (readonly number[])[]): number {
  return sum(result.map(sum));
}

describe('apportion', () => {
  it('says one percent over three localities exactly', () => {
    expect(
      apportion([
        { share: 99, weights: [3] },
        { share: 1, weights: [1, 1, 1] },
      ]),
    ).toEqual([[297], [1, 1, 1]]);
  });

  it('divides a portion by the weights within it', () => {
    expect(
      apportion([
        { share: 65, weights: [3, 4] },
        { share: 35, weights: [1, 1] },
      ]),
    ).toEqual([
      [390, 520],
      [245, 245],
    ]);
  });

  it('keeps plain percentages as they are', () => {
    expect(apportion([95, 3, 2].map((share) => ({ share, weights: [7] })))).toEqual([[95], [3], [2]]);
  });

  it('gives every portion its share of the whole, exactly', () => {
    fc.assert(
      fc.property(any, (input) => {
        const result = apportion(input);
        const shares = sum(input.map(({ share }) => share));
        return result.every((parts, index) => sameRatio(sum(parts), wholeOf(result), input[index]!.share, shares));
      }),
    );
  });

  it('gives every locality at least 1, and all together no more than Envoy takes', () => {
    fc.assert(
      fc.property(any, (input) => {
        const result = apportion(input);
        return (
          result.flat().every((weight) => Number.isInteger(weight) && weight >= 1) && wholeOf(result) <= WEIGHT_LIMIT
        );
      }),
    );
  });

  it('is off by less than one unit of weight where it has to round', () => {
    fc.assert(
      fc.property(roundedPortions, (input) =>
        apportion(input).every((parts, index) => {
          const { weights } = input[index]!;
          const [whole, total] = [BigInt(sum(parts)), BigInt(sum(weights))];
          return parts.every((part, member) => {
            const error = BigInt(part) * total - whole * BigInt(weights[member]!);
            return part === 1 || (error < 0n ? -error : error) < total * 2n;
          });
        }),
      ),
    );
  });

  it('gives every locality its part of its portion, exactly', () => {
    fc.assert(
      fc.property(exactPortions, (input) =>
        apportion(input).every((parts, index) => {
          const { weights } = input[index]!;
          return parts.every((part, member) => sameRatio(part, sum(parts), weights[member]!, sum(weights)));
        }),
      ),
    );
  });

  it('does not depend on the order of portions or localities', () => {
    fc.assert(
      fc.property(exactPortions, (input) => {
        const reversed = [...input].reverse().map(({ share, weights }) => ({ share, weights: [...weights].reverse() }));
        const result = apportion(input).map((parts) => [...parts].reverse());
        expect(apportion(reversed)).toEqual(result.reverse());
      }),
    );
  });

  it('never gives a heavier locality of a portion less than a lighter one', () => {
    fc.assert(
      fc.property(any, (input) =>
        apportion(input).every((parts, index) => {
          const { weights } = input[index]!;
          return parts.every((part, left) =>
            parts.every((other, right) => weights[left]! <= weights[right]! || part >= other),
          );
        }),
      ),
    );
  });

  it('does not move one portion when another one changes inside', () => {
    fc.assert(
      fc.property(portion, portion, portion, (fixed, before, after) => {
        const shareOfFixed = (other: Portion): [number, number] => {
          const result = apportion([fixed, { ...other, share: before.share }]);
          return [sum(result[0]!), wholeOf(result)];
        };
        return sameRatio(...shareOfFixed(before), ...shareOfFixed(after));
      }),
    );
  });
});
