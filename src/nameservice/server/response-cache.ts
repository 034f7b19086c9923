import type { NameTable, Turns } from '../answer';

/** What is remembered of one question from one zone: a response for each answer that its turns can have. */
export interface CachedAnswers {
  readonly turns: Turns;
  /** By place, as the turns tell it. */
  readonly responses: (Buffer | undefined)[];
  /** The next one, from 0 to the end of the cycle. */
  turn: number;
}

/** Questions that are remembered; then all are forgotten. */
const QUESTION_LIMIT = 65536;

/**
 * Encoded responses by question, as long as the table stays the same. An answer that turns is remembered in all its forms: the next one is then only a
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

  /** Begins to remember a question. */
  add(zone: string, key: string, turns: Turns, turn: number): CachedAnswers {
    if (this.size >= QUESTION_LIMIT) this.clear(this.table);
    const answers: CachedAnswers = { turns, responses: [], turn };
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
