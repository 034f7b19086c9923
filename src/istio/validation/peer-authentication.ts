import type { Faults, Field } from '../findings';
import { isPort } from './basics';
import { selectorFaults } from './selectors';

/** security.istio.io PeerAuthentication, as istiod's webhook judges it. */
export function* peerAuthenticationFaults(object: Field): Faults {
  const spec = object.at('spec');
  const [selector, ports] = [spec.at('selector'), spec.at('portLevelMtls')];
  yield* selectorFaults(selector, 'matchLabels');
  if (!ports.given) return;
  if (ports.entries.length === 0) yield { code: 'FLO8130', path: ports.path, message: 'portLevelMtls names no port' };
  if (selector.at('matchLabels').entries.length === 0)
    yield {
      code: 'FLO8130',
      path: ports.path,
      message: 'ports are those of workloads, and no selector says which',
      hint: 'give selector.matchLabels',
    };
  for (const [port, { path }] of ports.entries) {
    if (!/^[0-9]+$/.test(port) || !isPort(Number(port)))
      yield { code: 'FLO8008', path, message: `"${port}" is no port` };
  }
}
