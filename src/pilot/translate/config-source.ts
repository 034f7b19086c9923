import type { ConfigSource } from '../proto';

/** Over the stream that asked; the proxy waits for it without end, as istiod's does. */
export const ADS_SOURCE: ConfigSource = { ads: {}, initialFetchTimeout: '0s', resourceApiVersion: 'V3' };

/** Secrets over the same stream, with Envoy's own timeout. */
export const ADS_SECRET_SOURCE: ConfigSource = { ads: {}, resourceApiVersion: 'V3' };

/** From the agent beside the proxy, which holds the workload's own certificate. */
export const AGENT_SECRET_SOURCE: ConfigSource = {
  apiConfigSource: {
    apiType: 'GRPC',
    transportApiVersion: 'V3',
    grpcServices: [{ envoyGrpc: { clusterName: 'sds-grpc' } }],
    setNodeOnFirstMessageOnly: true,
  },
  initialFetchTimeout: '0s',
  resourceApiVersion: 'V3',
};

/** Files that the agent reads and serves as secrets. */
export const AGENT_FILE_SOURCE: ConfigSource = {
  apiConfigSource: AGENT_SECRET_SOURCE.apiConfigSource,
  resourceApiVersion: 'V3',
};
