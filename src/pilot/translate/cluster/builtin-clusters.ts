import { anyOf } from '../../proto';
import { BLACK_HOLE_CLUSTER, INBOUND_PASSTHROUGH_CLUSTER, PASSTHROUGH_CLUSTER } from '../names';
import { resource, type XdsResource } from '../xds-resource';
import { connectionFields } from './connection-pool';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** Where nothing may go: a cluster without endpoints. */
export const blackHoleCluster: XdsResource = resource(CLUSTER, BLACK_HOLE_CLUSTER, {
  name: BLACK_HOLE_CLUSTER,
  altStatName: `${BLACK_HOLE_CLUSTER};`,
  type: 'STATIC',
  connectTimeout: '10s',
});

/** Where connections of a sidecar go that nothing describes: to the address they were meant for. */
export const passthroughCluster: XdsResource = resource(CLUSTER, PASSTHROUGH_CLUSTER, {
  name: PASSTHROUGH_CLUSTER,
  ...passthrough(),
});

/** The same for connections that arrive; the source address keeps them from being captured again. */
export const inboundPassthroughCluster: XdsResource = resource(CLUSTER, INBOUND_PASSTHROUGH_CLUSTER, {
  name: INBOUND_PASSTHROUGH_CLUSTER,
  ...passthrough(),
  upstreamBindConfig: { sourceAddress: { address: '127.0.0.6', portValue: 0 } },
});

function passthrough(): object {
  return {
    altStatName: `${PASSTHROUGH_CLUSTER};`,
    type: 'ORIGINAL_DST',
    ...connectionFields(undefined),
    lbPolicy: 'CLUSTER_PROVIDED',
    typedExtensionProtocolOptions: {
      [HTTP_OPTIONS]: anyOf(HTTP_OPTIONS, {
        commonHttpProtocolOptions: { idleTimeout: '300s' },
        useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
      }),
    },
  };
}
