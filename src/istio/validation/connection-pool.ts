import type { Faults, Field } from '../findings';
import { durationsFaults } from './basics';

const HTTP_COUNTS = [
  'http1MaxPendingRequests',
  'http2MaxRequests',
  'maxRequestsPerConnection',
  'maxRetries',
  'maxConcurrentStreams',
];

/** Istio's ConnectionPoolSettings. */
export function* connectionPoolFaults(pool: Field): Faults {
  if (!pool.given) return;
  const [tcp, http] = [pool.at('tcp'), pool.at('http')];
  if (!tcp.given && !http.given)
    yield { code: 'FLO8073', path: pool.path, message: 'a connection pool without tcp and http sets nothing' };
  yield* countFaults(http, HTTP_COUNTS);
  yield* countFaults(tcp, ['maxConnections']);
  yield* durationsFaults(http, ['idleTimeout']);
  yield* durationsFaults(http.at('http2KeepAlive'), ['interval', 'timeout']);
  yield* durationsFaults(tcp, ['connectTimeout', 'maxConnectionDuration', 'idleTimeout']);
  yield* durationsFaults(tcp.at('tcpKeepalive'), ['time', 'interval']);
  const client = http.at('useClientProtocol');
  if (client.isTrue && http.at('h2UpgradePolicy').text === 'UPGRADE')
    yield {
      code: 'FLO8073',
      path: client.path,
      message: 'useClientProtocol keeps the protocol and h2UpgradePolicy: UPGRADE changes it',
    };
}

function* countFaults(settings: Field, names: readonly string[]): Faults {
  for (const { number, path } of settings.among(names)) {
    if ((number ?? 0) < 0) yield { code: 'FLO8073', path, message: `${number} is less than none` };
  }
}
