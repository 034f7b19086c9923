const CLOCK_SKEW_MS = 2 * 60 * 1000;
const SECOND_MS = 1000;

/** Milliseconds of a day. */
export const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/** From when and until when a certificate holds. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Begins two minutes in the past, for clocks that are behind, and never outlives the signer. Whole seconds, as X.509
 * stores no finer time.
 */
export function validityOf(nowMs: number, lifetimeMs: number, signerNotAfterMs = Infinity): Validity {
  const endMs = Math.min(nowMs + lifetimeMs, signerNotAfterMs);
  return { notBefore: wholeSecond(nowMs - CLOCK_SKEW_MS), notAfter: wholeSecond(endMs) };
}

function wholeSecond(epochMs: number): Date {
  return new Date(Math.floor(epochMs / SECOND_MS) * SECOND_MS);
}
