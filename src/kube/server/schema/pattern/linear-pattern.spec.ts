import fc from 'fast-check';
import { compilePattern } from '.';

function pattern(source: string): { test(text: string): boolean; findAll(text: string): string[] } {
  const compiled = compilePattern(source);
  if (compiled instanceof Error) throw compiled;
  return compiled;
}

const MATCHES: readonly (readonly [string, string, boolean])[] = [
  ['^a+$', 'aaa', true],
  ['^a+$', 'aab', false],
  ['a|b|', 'x', true],
  ['^(ab|cd){2}$', 'abcd', true],
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', 'a-b.c9', true],
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 'a-', false],
  ['(?i)^HeLLo$', 'hEllO', true],
  ['(?i)straße', 'STRAßE', true],
  ['^a.c$', 'a\nc', false],
  ['(?s)^a.c$', 'a\nc', true],
  ['(?m)^b$', 'a\nb\nc', true],
  ['\\bfoo\\b', 'a foo.', true],
  ['\\bfoo\\b', 'afoo', false],
  ['\\Bb', 'ab', true],
  ['^\\pL+$', 'äöü', true],
  ['^\\p{Greek}+$', 'αβγ', true],
  ['^\\P{Lu}+$', 'aB', false],
  ['^[[:alpha:]_]+$', 'ab_c', true],
  ['^[^[:digit:]]+$', 'ab1', false],
  ['^\\Qa.b\\E$', 'a.b', true],
  ['^\\x41\\x{42}\\103$', 'ABC', true],
  ['^[]a-]+$', ']a-', true],
  ['^a{2,3}$', 'aaaa', false],
  ['^a{,3}$', 'a{,3}', true],
  ['^(?P<name>a)(?:b)?$', 'ab', true],
  ['\\A\\z', '', true],
  ['^😀+$', '😀😀', true],
  ['', 'anything', true],
  ['$^', '', true],
];

describe('LinearPattern', () => {
  it.each(MATCHES)('%s on %j', (source, text, expected) => {
    expect(pattern(source).test(text)).toBe(expected);
  });

  it.each([
    '(a',
    'a)',
    '[a',
    'a**',
    '*a',
    '\\',
    'a{2}{3}',
    '(?=a)',
    '(?<!a)b',
    '[b-a]',
    '\\y',
    'a{1001}',
    '(a{500}){3}',
    '\\1',
  ])('refuses %s', (source) => {
    expect(compilePattern(source)).toBeInstanceOf(Error);
  });

  it.each([
    ['[0-9]+', 'a12b3', ['12', '3']],
    ['a*', 'baac', ['', 'aa', '']],
    ['a|ab', 'abab', ['a', 'a']],
    ['a*?', 'aa', ['', '', '']],
    ['(?U)a+', 'aa', ['a', 'a']],
    ['^a', 'aaa', ['a']],
  ])('finds all of %s in %s', (source, text, expected) => {
    expect(pattern(source).findAll(text)).toEqual(expected);
  });

  it('takes time in proportion to the text where back-tracking takes for ever', () => {
    expect(pattern('^(a+)+$').test(`${'a'.repeat(50_000)}b`)).toBe(false);
    expect(pattern('(x+x+)+y').test('x'.repeat(50_000))).toBe(false);
    expect(pattern('(.*)(.*)(.*)(.*)z$').test('a'.repeat(20_000))).toBe(false);
  });

  it('gives up on a pattern whose states explode, instead of stalling', () => {
    let seed = 1;
    const letters = Array.from({ length: 200_000 }, () =>
      (seed = (seed * 48_271) % 2_147_483_647) % 2 === 0 ? 'a' : 'b',
    );
    expect(() => pattern('(a|b)*a(a|b){900}c').test(letters.join(''))).toThrow('takes too long');
  });

  /** Patterns whose meaning is the same in both syntaxes. */
  const sources = fc.letrec<{ node: string; atom: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      tie('atom'),
      fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
      fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(?:${left}|${right})`),
      fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{1,2}', '*?'))
        .map(([part, times]) => `(?:${part})${times}`),
    ),
    atom: fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', '\\b'),
  })).node;

  it('agrees with the back-tracking engine', () => {
    fc.assert(
      fc.property(sources, fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 8 }), (source, text) => {
        expect(pattern(source).test(text)).toBe(new RegExp(source, 'u').test(text));
      }),
      { numRuns: 500 },
    );
  });

  // Where a repeated part may be empty, JavaScript prefers other matches than RE2; so nothing nested here.
  const flat = fc
    .array(
      fc.tuple(
        fc.constantFrom('a', 'b', '[ab]', '(?:a|ab)', '(?:ab|a)'),
        fc.constantFrom('', '*', '+', '?', '*?', '+?'),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((parts) => parts.map(([part, times]) => part + times).join(''));

  it('finds the same matches as the back-tracking engine', () => {
    fc.assert(
      fc.property(flat, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }), (source, text) => {
        const expected = Array.from(text.matchAll(new RegExp(source, 'gu')), ([match]) => match);
        fc.pre(expected.every((match) => match !== ''));
        expect(pattern(source).findAll(text)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
