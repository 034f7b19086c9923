/** The code of a system error (`ENOENT`, `ESRCH`, `EADDRINUSE`); undefined for anything else. */
export function systemErrorCode(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
