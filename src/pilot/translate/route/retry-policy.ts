import type { HttpRetry } from '../../../istio';
import { anyOf, type RetryPolicy } from '../../proto';
import { durationOf } from '../proto-duration';

const DEFAULT_RETRY_ON = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes';
const STATUS_CODES = 'retriable-status-codes';

const PREVIOUS_HOSTS = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typedConfig: anyOf('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
};

const PREVIOUS_PRIORITIES = {
  name: 'envoy.retry_priorities.previous_priorities',
  typedConfig: anyOf('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
    updateFrequency: 2,
  }),
};

/**
 * The retry policy of a route: Istio retries twice where it is safe unless told otherwise; `attempts: 0` switches it off.
 * With consistent hashing a retry goes to the same host, so hosts that were tried are not avoided.
 */
export function retryPolicy(retries: HttpRetry | undefined, consistentHash: boolean): RetryPolicy | undefined {
  if (retries && (retries.attempts ?? 0) <= 0) return undefined;
  const avoidsHosts = retries?.retryIgnorePreviousHosts ?? !consistentHash;
  return {
    ...retryOn(retries?.retryOn),
    numRetries: retries?.attempts ?? 2,
    perTryTimeout: durationOf(retries?.perTryTimeout),
    retryPriority: retries?.retryRemoteLocalities ? PREVIOUS_PRIORITIES : undefined,
    retryHostPredicate: avoidsHosts ? [PREVIOUS_HOSTS] : undefined,
    hostSelectionRetryMaxAttempts: '5',
    retryBackOff: retries?.backoff ? { baseInterval: durationOf(retries.backoff) } : undefined,
  };
}

/** Istio lets status codes stand among Envoy's conditions. */
function retryOn(conditions: string | undefined): Pick<RetryPolicy, 'retryOn' | 'retriableStatusCodes'> {
  if (!conditions) return { retryOn: DEFAULT_RETRY_ON };
  const parts = conditions.split(',').map((part) => part.trim());
  const codes = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  const names = parts.filter((part) => part !== '' && !/^\d+$/.test(part));
  if (codes.length > 0 && !names.includes(STATUS_CODES)) names.push(STATUS_CODES);
  return { retryOn: names.join(','), retriableStatusCodes: codes.length > 0 ? codes : undefined };
}
