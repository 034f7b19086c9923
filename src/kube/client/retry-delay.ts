import type { KubeApiError } from './kube-api-error';

const RETRIES_WHEN_BUSY = 4;
const LONGEST_RETRY_AFTER_MS = 30_000;

/**
 * How long to wait before a request may be sent again as it is; undefined when it may not. Only what can do no harm:
 * the server did not act on it (401, 429), or doing it twice is the same as once and the connection was lost.
 */
export function retryDelayMs(error: KubeApiError, isRepeatable: boolean, attempt: number): number | undefined {
  if (error.statusCode === 401) return attempt === 0 ? 0 : undefined;
  if (error.statusCode === 429 && attempt < RETRIES_WHEN_BUSY) {
    return Math.min(error.retryAfterMs ?? 1000, LONGEST_RETRY_AFTER_MS);
  }
  if (error.isUnreachable && isRepeatable && attempt === 0 && isConnectionLost(error.cause)) return 0;
  return undefined;
}

function isConnectionLost(cause: unknown): boolean {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}
