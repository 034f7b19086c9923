import type { ConsistentHash } from '../../../istio';
import type { envoy } from '../../proto';
import type { OutboundTarget } from '../outbound-target';
import { durationOf } from '../proto-duration';

type HashPolicy = envoy.config.route.v3.RouteAction.HashPolicy;

/** What requests to a target are hashed by; `undefined` without consistent hashing. */
export function hashPolicyOf(target: OutboundTarget | undefined): HashPolicy | undefined {
  const hash = target?.policy.loadBalancer?.consistentHash;
  return hash && hashPolicy(hash);
}

function hashPolicy(hash: ConsistentHash): HashPolicy | undefined {
  if (hash.httpHeaderName) return { header: { headerName: hash.httpHeaderName } };
  if (hash.httpCookie) {
    const { name, path, ttl, attributes } = hash.httpCookie;
    return {
      cookie: {
        name,
        ttl: durationOf(ttl),
        path: path || undefined,
        attributes: attributes?.length ? attributes.map(({ name: key, value }) => ({ name: key, value })) : undefined,
      },
    };
  }
  if (hash.useSourceIp) return { connectionProperties: { sourceIp: true } };
  if (hash.httpQueryParameterName) return { queryParameter: { name: hash.httpQueryParameterName } };
  return undefined;
}
