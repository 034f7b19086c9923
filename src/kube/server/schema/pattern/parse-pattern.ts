import { type CharSet, perlRanges, posixRanges, rangesOf, unicodeClass } from './char-set';

/** Where nothing is taken but something must hold. */
export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary';

/** A parsed pattern. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

/** The text is no pattern in RE2's syntax. */
export class PatternSyntaxError extends Error {}

/** The most that a counted repetition may repeat, as in RE2. */
const REPEAT_LIMIT = 1000;
const DEPTH_LIMIT = 250;

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly ungreedy: boolean;
}

/** Parses a pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax). @throws PatternSyntaxError */
export function parsePattern(source: string): PatternNode {
  return new PatternParser(source).parse();
}

class PatternParser {
  private readonly points: readonly string[];
  private position = 0;
  private depth = 0;
  private flags: Flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false };

  constructor(private readonly source: string) {
    this.points = [...source];
  }

  parse(): PatternNode {
    const node = this.choice();
    if (this.peek() === ')') throw this.error('unexpected )');
    return node;
  }

  private peek(): string | undefined {
    return this.points[this.position];
  }

  private take(): string {
    const point = this.points[this.position];
    if (point === undefined) throw this.error('trailing backslash at end of expression');
    this.position += 1;
    return point;
  }

  private accept(text: string): boolean {
    if (!this.rest().startsWith(text)) return false;
    this.position += [...text].length;
    return true;
  }

  private rest(length = 40): string {
    return this.points.slice(this.position, this.position + length).join('');
  }

  private error(reason: string): PatternSyntaxError {
    return new PatternSyntaxError(`error parsing regexp: ${reason}: \`${this.source}\``);
  }

  private choice(): PatternNode {
    const flags = this.flags;
    const options = [this.sequence()];
    while (this.accept('|')) options.push(this.sequence());
    this.flags = flags;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  private sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.peek(); next !== undefined && next !== '|' && next !== ')'; next = this.peek()) {
      const part = this.atom();
      if (part !== undefined) parts.push(this.repeated(part));
    }
    return { kind: 'sequence', parts };
  }

  private repeated(part: PatternNode): PatternNode {
    const range = this.quantifier();
    if (range === undefined) return part;
    const lazy = this.accept('?') !== this.flags.ungreedy;
    const times = range.max === Infinity ? range.min : range.max;
    if (times * repeatsOf(part) > REPEAT_LIMIT) throw this.error('invalid repeat count');
    const again = this.position;
    if (this.quantifier() !== undefined) {
      this.position = again;
      throw this.error('invalid nested repetition operator');
    }
    return { kind: 'repeat', part, ...range, lazy };
  }

  private quantifier(): { readonly min: number; readonly max: number } | undefined {
    if (this.accept('*')) return { min: 0, max: Infinity };
    if (this.accept('+')) return { min: 1, max: Infinity };
    if (this.accept('?')) return { min: 0, max: 1 };
    const [whole, low, comma, high] = /^\{(\d+)(,)?(\d+)?\}/.exec(this.rest()) ?? [];
    if (whole === undefined || low === undefined) return undefined;
    const min = Number(low);
    const max = high !== undefined ? Number(high) : comma === undefined ? min : Infinity;
    if (min > REPEAT_LIMIT || (max !== Infinity && max > REPEAT_LIMIT) || min > max)
      throw this.error('invalid repeat count');
    this.position += whole.length;
    return { min, max };
  }

  private atom(): PatternNode | undefined {
    const point = this.take();
    switch (point) {
      case '(':
        return this.group();
      case '[':
        return this.charClass();
      case '.':
        return {
          kind: 'set',
          set: this.flags.dotAll ? rangesOf([0, 0x10ffff]) : { ...rangesOf([10, 10]), negated: true },
        };
      case '^':
        return { kind: 'assert', assertion: this.flags.multiline ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'assert', assertion: this.flags.multiline ? 'line-end' : 'text-end' };
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw this.error('missing argument to repetition operator');
      default:
        return this.literal(point.codePointAt(0) ?? 0);
    }
  }

  private literal(point: number): PatternNode {
    return { kind: 'set', set: { ...rangesOf([point, point]), ignoreCase: this.flags.ignoreCase } };
  }

  private group(): PatternNode | undefined {
    this.depth += 1;
    if (this.depth > DEPTH_LIMIT) throw this.error('expression nests too deeply');
    const outer = this.flags;
    const ended = this.accept('?') && this.groupHead();
    if (ended) {
      this.depth -= 1;
      return undefined;
    }
    const node = this.choice();
    if (!this.accept(')')) throw this.error('missing closing )');
    this.flags = outer;
    this.depth -= 1;
    return node;
  }

  /** Reads what follows `(?`. @returns true when the group was flags only and is over */
  private groupHead(): boolean {
    const named = /^P?<([A-Za-z_]\w*)>/.exec(this.rest());
    if (named !== null) {
      this.position += named[0].length;
      return false;
    }
    const flagged = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.rest());
    if (flagged === null) throw this.error('invalid or unsupported Perl syntax');
    const [whole, on = '', off = '', end] = flagged;
    this.position += whole.length;
    this.flags = changeFlags(changeFlags(this.flags, on, true), off, false);
    return end === ')';
  }

  private escape(): PatternNode {
    const letter = this.take();
    const assertion = ASSERTIONS[letter];
    if (assertion !== undefined) return { kind: 'assert', assertion };
    if (letter === 'Q') return this.quoted();
    const set = this.escapedSet(letter);
    if (set !== undefined) return { kind: 'set', set };
    return this.literal(this.escapedPoint(letter));
  }

  private quoted(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.peek() !== undefined && !this.accept('\\E')) parts.push(this.literal(this.take().codePointAt(0) ?? 0));
    return { kind: 'sequence', parts };
  }

  private escapedSet(letter: string): CharSet | undefined {
    const ranges = perlRanges(letter);
    if (ranges !== undefined) return rangesOf(...ranges);
    if (letter !== 'p' && letter !== 'P') return undefined;
    const name = this.accept('{') ? this.upTo('}') : this.take();
    const unicode = unicodeClass(name.replace(/^\^/, ''), (letter === 'P') !== name.startsWith('^'));
    if (unicode === undefined) throw this.error('invalid character class range');
    return { ...rangesOf(), classes: [unicode], ignoreCase: this.flags.ignoreCase };
  }

  private upTo(end: string): string {
    let text = '';
    for (let point = this.take(); point !== end; point = this.take()) text += point;
    return text;
  }

  private escapedPoint(letter: string): number {
    const known = CONTROLS[letter];
    if (known !== undefined) return known;
    if (letter === 'x') {
      const digits = this.accept('{') ? this.upTo('}') : this.take() + this.take();
      const point = /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : Infinity;
      if (point > 0x10ffff) throw this.error('invalid escape sequence');
      return point;
    }
    const octal = /^[0-7]{0,2}/.exec(this.rest(2))?.[0] ?? '';
    if (letter === '0' || (/[1-7]/.test(letter) && octal !== '')) {
      this.position += octal.length;
      return Number.parseInt(letter + octal, 8);
    }
    if (/[A-Za-z0-9]/.test(letter)) throw this.error('invalid escape sequence');
    return letter.codePointAt(0) ?? 0;
  }

  private charClass(): PatternNode {
    const negated = this.accept('^');
    const ranges: (readonly [number, number])[] = [];
    const classes: RegExp[] = [];
    for (let first = true; first || this.peek() !== ']'; first = false) {
      if (this.peek() === undefined) throw this.error('missing closing ]');
      const set = this.classSet();
      if (set === undefined) ranges.push(this.classRange());
      else {
        ranges.push(...set.ranges);
        classes.push(...set.classes);
      }
    }
    this.position += 1;
    return { kind: 'set', set: { ranges, classes, negated, ignoreCase: this.flags.ignoreCase } };
  }

  /** A class inside a class: `[:alpha:]`, `\d`, `\p{L}`. */
  private classSet(): CharSet | undefined {
    const posix = /^\[:(\^?\w+):\]/.exec(this.rest());
    if (posix !== null) {
      const ranges = posixRanges(posix[1] ?? '');
      if (ranges === undefined) throw this.error('invalid character class range');
      this.position += posix[0].length;
      return rangesOf(...ranges);
    }
    const letter = this.peek() === '\\' ? this.points[this.position + 1] : undefined;
    if (letter === undefined || !/[dswDSWpP]/.test(letter)) return undefined;
    this.position += 2;
    return this.escapedSet(letter);
  }

  private classRange(): readonly [number, number] {
    const first = this.classPoint();
    const dash =
      this.peek() === '-' && this.points[this.position + 1] !== ']' && this.points[this.position + 1] !== undefined;
    if (!dash) return [first, first];
    this.position += 1;
    const last = this.classPoint();
    if (last < first) throw this.error('invalid character class range');
    return [first, last];
  }

  private classPoint(): number {
    const point = this.take();
    return point === '\\' ? this.escapedPoint(this.take()) : (point.codePointAt(0) ?? 0);
  }
}

/** How often counted repetitions inside a node multiply its parts. */
function repeatsOf(node: PatternNode): number {
  switch (node.kind) {
    case 'repeat': {
      const times = node.max === Infinity ? node.min : node.max;
      return Math.max(1, times) * repeatsOf(node.part);
    }
    case 'sequence':
      return Math.max(1, ...node.parts.map(repeatsOf));
    case 'choice':
      return Math.max(1, ...node.options.map(repeatsOf));
    default:
      return 1;
  }
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'text-start',
  z: 'text-end',
  b: 'word-boundary',
  B: 'no-word-boundary',
};

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

function changeFlags(flags: Flags, letters: string, value: boolean): Flags {
  return {
    ignoreCase: letters.includes('i') ? value : flags.ignoreCase,
    dotAll: letters.includes('s') ? value : flags.dotAll,
    multiline: letters.includes('m') ? value : flags.multiline,
    ungreedy: letters.includes('U') ? value : flags.ungreedy,
  };
}
