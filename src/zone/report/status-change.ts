import { digestOf } from '../../kernel';

/** A status object with the time of its last look. */
interface Observed {
  readonly observedAt?: string | undefined;
}

/**
 * Whether a status is worth a write: something beside the time of the look changed, or the last write is older than
 * `heartbeatMs`, so that readers can tell an idle zone from a silent one.
 */
export function isWorthWriting<Status extends Observed>(
  previous: Status | undefined,
  next: Status,
  { nowMs, heartbeatMs }: { readonly nowMs: number; readonly heartbeatMs: number },
): boolean {
  if (previous?.observedAt === undefined) return true;
  if (nowMs - Date.parse(previous.observedAt) >= heartbeatMs) return true;
  return digestOf({ ...previous, observedAt: undefined }) !== digestOf({ ...next, observedAt: undefined });
}
