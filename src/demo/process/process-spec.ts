/** What a process said when it was ready: the one JSON line `{"ready":true,…}` on its stdout. */
export type ReadyLine = Readonly<Record<string, unknown>>;

/** How a process is known to be ready: by its ready line, or by a question that is asked until the answer is yes. */
export type Readiness =
  { readonly kind: 'ready-line' } | { readonly kind: 'probe'; readonly isReady: () => Promise<boolean> };

/** One process that a fleet runs. */
export interface ProcessSpec {
  /** Unique in the fleet, as people name it: `zone:east-1`. */
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes to stderr (and to stdout after the ready line) is appended here. */
  readonly logFile: string;
  readonly readiness: Readiness;
  /** Processes of a higher tier use those of lower ones, and are stopped before them. */
  readonly tier: number;
}

/** Where a process stands. `ended` without anyone having asked for it is what a crash looks like. */
export type ProcessState =
  | { readonly kind: 'new' }
  | { readonly kind: 'starting'; readonly pid: number }
  | { readonly kind: 'ready'; readonly pid: number; readonly line: ReadyLine }
  | { readonly kind: 'ended'; readonly how: string; readonly wanted: boolean };
