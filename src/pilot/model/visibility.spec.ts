import { isVisibleIn, parseExportTo } from './visibility';

describe('exportTo', () => {
  it.each([
    [['*'], 'other', true],
    [['.'], 'shop', true],
    [['.'], 'other', false],
    [['~'], 'shop', false],
    [['.', 'edge'], 'edge', true],
    [['edge'], 'shop', false],
    [['~', '*'], 'other', true],
    [[], 'shop', false],
  ])('%j of shop in %s: %s', (exportTo, namespace, expected) => {
    expect(isVisibleIn(parseExportTo(exportTo, 'shop'), namespace)).toBe(expected);
  });
});
