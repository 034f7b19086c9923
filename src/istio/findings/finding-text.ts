import type { Finding, Severity } from '../../kernel';

/** Everything that there is to say about one code; the reference and `flotilla explain` are made from it. */
export interface FindingText {
  readonly code: string;
  readonly severity: Severity;
  /** When it is found, as a row of the reference says it. */
  readonly when: string;
  /** What to do about it; the hint of findings that have none of their own. */
  readonly fix: string;
  /** What happens to traffic as long as it stays. */
  readonly traffic: string;
  /** YAML that brings it about. */
  readonly example: string;
}

/** One thing that a rule found: which text it is, where, and what exactly. */
export interface Fault {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** What rules are: they yield faults, and nothing else. */
export type Faults = Generator<Fault, void, undefined>;

/** The texts by code. */
export function textsByCode(texts: readonly FindingText[]): ReadonlyMap<string, FindingText> {
  return new Map(texts.map((text) => [text.code, text]));
}

/** A fault about an object, with the severity and, unless it brings one, the hint of its text. */
export function toFinding(
  { code, path, message, hint }: Fault,
  object: NonNullable<Finding['object']>,
  texts: ReadonlyMap<string, FindingText>,
): Finding {
  const text = texts.get(code);
  const advice = hint ?? text?.fix;
  return {
    code,
    severity: text?.severity ?? 'error',
    object,
    path,
    message,
    ...(advice === undefined ? {} : { hint: advice }),
  };
}
