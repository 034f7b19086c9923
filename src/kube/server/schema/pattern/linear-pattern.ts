import { holds } from './char-set';
import { type Assertion, parsePattern } from './parse-pattern';
import { compileProgram, type Program } from './program';

/** What stands around a place in a text. */
interface Surroundings {
  readonly atStart: boolean;
  readonly before: number | undefined;
  /** `undefined` at the end of the text. */
  readonly after: number | undefined;
}

/** The places that a search may be at after some characters, and what the next step may depend on. */
interface State {
  readonly places: readonly number[];
  readonly before: number | undefined;
  readonly atStart: boolean;
  /** The state after each next character, as far as it has come up; `matched` when a match ends before it. */
  readonly next: Map<number | undefined, Outcome>;
}

interface Outcome {
  readonly matched: boolean;
  readonly state: State | undefined;
}

/** Told how much work has been done, in steps; throws to stop. */
export type Spend = (steps: number) => void;

/** Matching one text would take too many steps. */
export class PatternCostError extends Error {}

/** Most steps of matching one text, some hundred milliseconds. */
const STEP_LIMIT = 5_000_000;

/** Counts steps up to the limit. */
function limited(): Spend {
  let used = 0;
  return (steps) => {
    used += steps;
    if (used > STEP_LIMIT) throw new PatternCostError('the pattern takes too long to match');
  };
}

/** A place in the program, and where in the text its search began. */
interface Thread {
  readonly place: number;
  readonly start: number;
}

/** A match, as code point offsets. */
interface Match {
  readonly start: number;
  readonly end: number;
}

/** How many states are kept for one pattern before they are thrown away and made anew. */
const STATE_LIMIT = 2000;

const isWord = (point: number | undefined): boolean =>
  point !== undefined &&
  ((point >= 48 && point <= 57) || (point >= 65 && point <= 90) || (point >= 97 && point <= 122) || point === 95);

function holdsAt(assertion: Assertion, { atStart, before, after }: Surroundings): boolean {
  switch (assertion) {
    case 'text-start':
      return atStart;
    case 'text-end':
      return after === undefined;
    case 'line-start':
      return atStart || before === 10;
    case 'line-end':
      return after === undefined || after === 10;
    case 'word-boundary':
      return isWord(before) !== isWord(after);
    case 'no-word-boundary':
      return isWord(before) === isWord(after);
  }
}

/**
 * A regular expression in RE2's syntax whose matching takes time in proportion to the text, whatever the pattern: no
 * back-tracking, all alternatives are followed at once and their sets remembered.
 */
export class LinearPattern {
  private readonly program: Program;
  private states = new Map<string, State>();

  /** @throws PatternSyntaxError */
  constructor(source: string) {
    this.program = compileProgram(parsePattern(source));
  }

  /** Does the pattern match anywhere in the text? @throws PatternCostError, or what `spend` throws */
  test(text: string, spend: Spend = limited()): boolean {
    let state = this.state([], undefined, true);
    for (const character of text) {
      const outcome = this.step(state, character.codePointAt(0), spend);
      if (outcome.matched) return true;
      state = outcome.state ?? this.state([], undefined, false);
    }
    return this.step(state, undefined, spend).matched;
  }

  /**
   * All matches from left to right that do not overlap, each as the pattern prefers it; at most `limit`.
   * @throws PatternCostError, or what `spend` throws
   */
  findAll(text: string, limit = Infinity, spend: Spend = limited()): string[] {
    const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
    const found: string[] = [];
    let start = 0;
    let lastEnd = -1;
    while (start <= points.length && found.length < limit) {
      const match = this.firstMatch(points, start, spend);
      if (match === undefined) break;
      const empty = match.end === match.start;
      // An empty match right after another match does not count, as in Go.
      if (!empty || match.end !== lastEnd) found.push(String.fromCodePoint(...points.slice(match.start, match.end)));
      lastEnd = match.end;
      start = empty ? match.end + 1 : match.end;
    }
    return found;
  }

  /** The places reached without taking a character, in order of preference; whether a match is among them. */
  private follow(
    places: readonly number[],
    around: Surroundings,
  ): { readonly takes: number[]; readonly matched: boolean } {
    const seen = new Set<number>();
    const takes: number[] = [];
    let matched = false;
    const pending = [...places].reverse();
    for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
      if (seen.has(place)) continue;
      seen.add(place);
      const instruction = this.program.instructions[place];
      if (instruction === undefined) continue;
      if (instruction.kind === 'match') matched = true;
      else if (instruction.kind === 'take') takes.push(place);
      else if (instruction.kind === 'split') pending.push(instruction.second, instruction.first);
      else if (holdsAt(instruction.assertion, around)) pending.push(instruction.next);
    }
    return { takes, matched };
  }

  /** A search may begin anew before every character. */
  private step(state: State, after: number | undefined, spend: Spend): Outcome {
    const known = state.next.get(after);
    spend(1);
    if (known !== undefined) return known;
    const around = { atStart: state.atStart, before: state.before, after };
    const { takes, matched } = this.follow([...state.places, this.program.start], around);
    spend(takes.length * 4);
    const next = matched || after === undefined ? undefined : this.state(this.advance(takes, after), after, false);
    const outcome = { matched, state: next };
    state.next.set(after, outcome);
    return outcome;
  }

  private advance(takes: readonly number[], point: number): number[] {
    return takes.flatMap((place) => {
      const instruction = this.program.instructions[place];
      return instruction?.kind === 'take' && holds(instruction.set, point) ? [instruction.next] : [];
    });
  }

  private state(places: readonly number[], before: number | undefined, atStart: boolean): State {
    const sorted = [...new Set(places)].sort((left, right) => left - right);
    const context = atStart ? 's' : before === 10 ? 'n' : isWord(before) ? 'w' : 'o';
    const key = `${context}${sorted.join()}`;
    const known = this.states.get(key);
    if (known !== undefined) return known;
    if (this.states.size >= STATE_LIMIT) this.states = new Map();
    const made = { places: sorted, before, atStart, next: new Map<number | undefined, Outcome>() };
    this.states.set(key, made);
    return made;
  }

  /**
   * The leftmost match from a place on; of several that start there, the preferred one. One pass: threads that started
   * further left are preferred, and no new ones start once something has matched.
   */
  private firstMatch(points: readonly number[], from: number, spend: Spend): Match | undefined {
    let threads: readonly Thread[] = [];
    let match: Match | undefined;
    for (let position = from; position <= points.length; position += 1) {
      const around = { atStart: position === 0, before: points[position - 1], after: points[position] };
      const started = match === undefined ? [...threads, { place: this.program.start, start: position }] : threads;
      const { takes, ended } = this.preferred(started, around);
      if (ended !== undefined) match = { start: ended, end: position };
      spend(1 + takes.length);
      const point = points[position];
      threads = point === undefined ? [] : this.advanceThreads(takes, point);
      if (threads.length === 0 && match !== undefined) break;
    }
    return match;
  }

  private advanceThreads(takes: readonly Thread[], point: number): Thread[] {
    const seen = new Set<number>();
    return takes.flatMap(({ place, start }) => {
      const instruction = this.program.instructions[place];
      if (instruction?.kind !== 'take' || !holds(instruction.set, point) || seen.has(instruction.next)) return [];
      seen.add(instruction.next);
      return [{ place: instruction.next, start }];
    });
  }

  /** Follows threads in order of preference: a thread's match ends every thread that is preferred less. */
  private preferred(
    threads: readonly Thread[],
    around: Surroundings,
  ): { readonly takes: Thread[]; readonly ended: number | undefined } {
    const takes: Thread[] = [];
    const seen = new Set<number>();
    for (const { place: first, start } of threads) {
      const pending = [first];
      for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
        if (seen.has(place)) continue;
        seen.add(place);
        const instruction = this.program.instructions[place];
        if (instruction?.kind === 'match') return { takes, ended: start };
        if (instruction?.kind === 'take') takes.push({ place, start });
        else if (instruction?.kind === 'split') pending.push(instruction.second, instruction.first);
        else if (instruction?.kind === 'assert' && holdsAt(instruction.assertion, around))
          pending.push(instruction.next);
      }
    }
    return { takes, ended: undefined };
  }
}
