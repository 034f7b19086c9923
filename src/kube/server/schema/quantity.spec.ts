import fc from 'fast-check';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityOf,
  quantityToInteger,
  quantityToNumber,
  subtractQuantities,
} from './quantity';

function read(text: string): Quantity {
  const quantity = parseQuantity(text);
  if (quantity === undefined) throw new Error(`${text} should be a quantity`);
  return quantity;
}

const texts = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.integer({ min: 0, max: 999_999 }),
    fc.constantFrom('', '.5', '.125', '.001'),
    fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'e3', 'E-2'),
  )
  .map((parts) => parts.join(''));

describe('quantities', () => {
  it.each([
    ['0', '0'],
    ['0Gi', '0'],
    ['1.5', '1500m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['+5', '5'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1.5Ki', '1536'],
    ['0.5Gi', '512Mi'],
    ['1024Mi', '1Gi'],
    ['1000Ki', '1000Ki'],
    ['12e6', '12e6'],
    ['1500e-3', '1500e-3'],
    ['1E', '1E'],
    ['100m', '100m'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['-2000m', '-2'],
  ])('write %s as %s', (text, canonical) => {
    expect(formatQuantity(read(text))).toBe(canonical);
  });

  it.each(['', ' 1', '1 Gi', '1gi', '1K', 'm', '1.5.5', '0x10', 'NaN', '1e', '--1', '1Gi1'])('refuse %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('mean the same when written canonically, and are written canonically already then', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const canonical = formatQuantity(read(text));
        expect(compareQuantities(read(canonical), read(text))).toBe(0);
        expect(formatQuantity(read(canonical))).toBe(canonical);
      }),
    );
  });

  it('add and subtract exactly, in the format of the left one', () => {
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        const sum = addQuantities(read(left), read(right));
        expect(compareQuantities(subtractQuantities(sum, read(right)), read(left))).toBe(0);
        expect(compareQuantities(sum, addQuantities(read(right), read(left)))).toBe(0);
        expect(sum.format).toBe(read(left).format);
      }),
    );
  });

  it('are ordered by their amounts, however they are written', () => {
    expect(compareQuantities(read('1Gi'), read('1G'))).toBe(1);
    expect(compareQuantities(read('1000m'), read('1'))).toBe(0);
    expect(compareQuantities(read('-1'), read('1n'))).toBe(-1);
  });

  it('are whole numbers only without a fraction and within 64 bits', () => {
    expect(quantityToInteger(read('2Ki'))).toBe(2048n);
    expect(quantityToInteger(read('50m'))).toBeUndefined();
    expect(quantityToInteger(read('8Ei'))).toBeUndefined();
    expect(quantityToInteger(quantityOf(-3n))).toBe(-3n);
    expect(quantityToNumber(read('50m'))).toBe(0.05);
  });
});
