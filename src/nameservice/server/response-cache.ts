import type { NameTable } from '../answer';

/** What is remembered of one question from one zone: a response for each turn, the same buffer where they are equal. */
export interface CachedAnswers {
  readonly cycle: number;
  readonly responses: (Buffer | undefined)[];
  turn: number;
}

/** Questions that are remembered; then all are forgotten. */
const QUESTION_LIMIT = 65536;

/** A longer cycle would fill the memory; its answers are made anew each time. */
const CYCLE_LIMIT = 1024;

/**
 * Encoded responses by question, as long as the table stays the same. An answer that turns is remembered once per turn: its next one is then only a
 * copy with the asker's id, flag and case in it.
 */
export class ResponseCache {
  private table: NameTable | undefined;
  private readonly byZone = new Map<string, Map<string, CachedAnswers>>();
  private size = 0;

  /** What is remembered of a question; undefined when it is new. */
  find(table: NameTable, zone: string, key: string): CachedAnswers | undefined {
    if (this.table !== table) this.clear(table);
    return this.byZone.get(zone)?.get(key);
  }

  /** Begins to remember a question. @returns undefined when its answers take too many turns */
  add(zone: string, key: string, cycle: number, turn: number): CachedAnswers | undefined {
    if (cycle > CYCLE_LIMIT) return undefined;
    if (this.size >= QUESTION_LIMIT) this.clear(this.table);
    const answers: CachedAnswers = { cycle, responses: [], turn };
    const questions = this.byZone.get(zone) ?? new Map<string, CachedAnswers>();
    this.byZone.set(zone, questions.set(key, answers));
    this.size += 1;
    return answers;
  }

  private clear(table: NameTable | undefined): void {
    this.table = table;
    this.byZone.clear();
    this.size = 0;
  }
}
