import type { CharSet } from './char-set';
import { type Assertion, type PatternNode, PatternSyntaxError } from './parse-pattern';

/** One step of a compiled pattern. Targets are places in the program; of two the first is preferred. */
export type Instruction =
  | { readonly kind: 'take'; readonly set: CharSet; readonly next: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'match' };

/** A pattern as a list of steps; it starts at `start`. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Larger patterns are refused: matching costs the text's length times the program's. */
const SIZE_LIMIT = 20_000;

/** Compiles a parsed pattern. @throws PatternSyntaxError when it is too large */
export function compileProgram(pattern: PatternNode): Program {
  const compiler = new Compiler();
  const end = compiler.add({ kind: 'match' });
  const start = compiler.compile(pattern, end);
  return { instructions: compiler.instructions, start };
}

/** Builds from the end: each part is compiled to lead to what follows it. */
class Compiler {
  readonly instructions: Instruction[] = [];

  add(instruction: Instruction): number {
    if (this.instructions.length >= SIZE_LIMIT) {
      throw new PatternSyntaxError('error parsing regexp: expression too large');
    }
    return this.instructions.push(instruction) - 1;
  }

  compile(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.add({ kind: 'take', set: node.set, next });
      case 'assert':
        return this.add({ kind: 'assert', assertion: node.assertion, next });
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.compile(part, after), next);
      case 'choice':
        return this.choice(node.options, next);
      case 'repeat':
        return this.repeat(node, next);
    }
  }

  private choice(options: readonly PatternNode[], next: number): number {
    const [first, ...rest] = options;
    if (first === undefined) return next;
    if (rest.length === 0) return this.compile(first, next);
    const second = this.choice(rest, next);
    return this.split(this.compile(first, next), second, false);
  }

  private split(body: number, after: number, lazy: boolean): number {
    return this.add(
      lazy ? { kind: 'split', first: after, second: body } : { kind: 'split', first: body, second: after },
    );
  }

  private repeat({ part, min, max, lazy }: PatternNode & { readonly kind: 'repeat' }, next: number): number {
    let after = max === Infinity ? this.loop(part, next, lazy) : this.optional(part, max - min, next, lazy);
    for (let count = 0; count < min; count += 1) after = this.compile(part, after);
    return after;
  }

  /** The loop's own place must be known before its body is compiled, so it is filled in afterwards. */
  private loop(part: PatternNode, next: number, lazy: boolean): number {
    const place = this.add({ kind: 'match' });
    const body = this.compile(part, place);
    this.instructions[place] = lazy
      ? { kind: 'split', first: next, second: body }
      : { kind: 'split', first: body, second: next };
    return place;
  }

  private optional(part: PatternNode, count: number, next: number, lazy: boolean): number {
    let after = next;
    for (let index = 0; index < count; index += 1) after = this.split(this.compile(part, after), next, lazy);
    return after;
  }
}
