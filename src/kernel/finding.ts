/** How much a finding matters: an error refuses the object, a warning will bite, info is good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** Which object a finding is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One thing that is wrong or risky, in the shape that `validate -o json` prints. All findings of an input are reported at once. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly object?: ObjectReference;
  /** Field path as kubectl prints it: `spec.ports[0].number`. */
  readonly path?: string;
  readonly file?: string;
  /** 1-based line in `file`. */
  readonly line?: number;
  /** 1-based column in that line. */
  readonly column?: number;
  readonly message: string;
  readonly hint?: string;
}
