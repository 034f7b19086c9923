/** Characters (code points) that one place of a pattern takes. */
export interface CharSet {
  readonly ranges: readonly (readonly [first: number, last: number])[];
  /** Unicode classes (`\p{L}`) and their complements. */
  readonly classes: readonly RegExp[];
  readonly negated: boolean;
  readonly ignoreCase: boolean;
}

/** A set of ranges. */
export function rangesOf(...ranges: readonly (readonly [number, number])[]): CharSet {
  return { ranges, classes: [], negated: false, ignoreCase: false };
}

const code = (character: string): number => character.codePointAt(0) ?? 0;

/** `a-z` and single characters, written one after the other. */
export function rangesFrom(text: string): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const first = code(text.charAt(index));
    if (text.charAt(index + 1) === '-' && index + 2 < text.length) {
      ranges.push([first, code(text.charAt(index + 2))]);
      index += 2;
    } else ranges.push([first, first]);
  }
  return ranges;
}

const PERL: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  d: rangesFrom('0-9'),
  s: rangesFrom('\t\n\f\r '),
  w: rangesFrom('0-9A-Z_a-z'),
};

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\u0000-\u007f',
  blank: '\t ',
  cntrl: '\u0000-\u001f\u007f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@[-`{-~',
  space: '\t\n\u000b\f\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const LAST = 0x10ffff;

/** Everything that the ranges leave out. */
export function invertRanges(ranges: CharSet['ranges']): CharSet['ranges'] {
  const sorted = [...ranges].sort(([left], [right]) => left - right);
  const result: (readonly [number, number])[] = [];
  let next = 0;
  for (const [first, last] of sorted) {
    if (first > next) result.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  return next <= LAST ? [...result, [next, LAST]] : result;
}

/** The ranges of `\d`, `\S`…; `undefined` for another letter. */
export function perlRanges(letter: string): CharSet['ranges'] | undefined {
  const lower = letter.toLowerCase();
  const ranges = Object.hasOwn(PERL, lower) ? PERL[lower] : undefined;
  return ranges === undefined || lower === letter ? ranges : invertRanges(ranges);
}

/** The ranges of `[:alpha:]`, `[:^digit:]`; `undefined` for an unknown name. */
export function posixRanges(name: string): CharSet['ranges'] | undefined {
  const plain = name.replace(/^\^/, '');
  const text = Object.hasOwn(POSIX, plain) ? POSIX[plain] : undefined;
  if (text === undefined) return undefined;
  return plain === name ? rangesFrom(text) : invertRanges(rangesFrom(text));
}

/** The class of `\p{Name}` or `\P{Name}`; `undefined` for a name that Unicode does not know. */
export function unicodeClass(name: string, negated: boolean): RegExp | undefined {
  const letter = negated ? 'P' : 'p';
  for (const property of [name, `Script=${name}`]) {
    try {
      return new RegExp(`^\\${letter}{${property}}$`, 'u');
    } catch {
      // The name may be one of a script.
    }
  }
  return undefined;
}

/** Does the set hold this code point? */
export function holds(set: CharSet, point: number): boolean {
  if (!set.ignoreCase) return holdsExactly(set, point) !== set.negated;
  const text = String.fromCodePoint(point);
  const variants = [point, code(text.toLowerCase()), code(text.toUpperCase())];
  return variants.some((variant) => holdsExactly(set, variant)) !== set.negated;
}

function holdsExactly({ ranges, classes }: CharSet, point: number): boolean {
  if (ranges.some(([first, last]) => point >= first && point <= last)) return true;
  return classes.some((unicode) => unicode.test(String.fromCodePoint(point)));
}
