import type { Bundle } from '../../federation/api';
import type { ApplyOutcome } from '../report/apply-outcome';
import { type DriftMemory, recallDrift } from '../apply/drift-memory';

/** What the agent remembers of a bundle between two looks. */
export interface BundleMemory {
  readonly drift: DriftMemory;
  /** Attempts in a row that did not succeed. */
  readonly failures: number;
  /** Digest of the manifests that the cluster was made to hold; what differs from these is drift. */
  readonly applied: string | undefined;
  /** How the last attempt ended; undefined before the first. */
  readonly outcome: ApplyOutcome | undefined;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60 * 1000;

/** What a new agent knows of a bundle: what its predecessor wrote into the status. */
export function recallBundle({ spec, status }: Bundle, digest: string, nowMs: number): BundleMemory {
  const wasApplied = status?.appliedDigest !== undefined && status.appliedDigest === spec?.digest;
  return {
    drift: recallDrift(status?.drift, nowMs),
    failures: 0,
    applied: wasApplied ? digest : undefined,
    outcome: undefined,
  };
}

/** How long to wait after failures in a row: half a second, doubled up to a minute. */
export function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16));
}
