import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { duration, exportTo, istioStatus, portNumber, stringMap } from './fields';

const uint = z.int().min(0);

const localityLbSetting = z.object({
  distribute: z
    .array(z.object({ from: z.string().optional(), to: z.record(z.string(), uint).optional() }))
    .optional()
    .describe('Percent per locality, for callers whose locality matches `from`; each `to` sums to 100.'),
  failover: z.array(z.object({ from: z.string().optional(), to: z.string().optional() })).optional(),
  failoverPriority: z.array(z.string()).optional(),
  enabled: z.boolean().optional(),
});

const zoneAwareLbSetting = z.object({
  enabled: z.boolean().optional(),
  minClusterSize: z.int().min(1).optional(),
  failover: z.array(z.object({ from: z.string().optional(), to: z.string().optional() })).optional(),
  failoverPriority: z.array(z.string()).optional(),
});

const warmup = z.object({
  duration,
  minimumPercent: z.number().min(0).max(100).optional(),
  aggression: z.number().min(1).optional(),
});

const consistentHash = z.object({
  httpHeaderName: z.string().optional(),
  httpCookie: z
    .object({
      name: z.string(),
      path: z.string().optional(),
      ttl: duration.optional(),
      attributes: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
    })
    .optional(),
  useSourceIp: z.boolean().optional(),
  httpQueryParameterName: z.string().optional(),
  ringHash: z.object({ minimumRingSize: uint.optional() }).optional(),
  maglev: z.object({ tableSize: uint.optional() }).optional(),
  minimumRingSize: uint.optional(),
});

const loadBalancer = z.object({
  simple: z.enum(['UNSPECIFIED', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST', 'LEAST_CONN']).optional(),
  consistentHash: consistentHash.optional(),
  localityLbSetting: localityLbSetting.optional(),
  zoneAwareLbSetting: zoneAwareLbSetting.optional(),
  warmupDurationSecs: duration.optional(),
  warmup: warmup.optional(),
});

/** Istio's ConnectionPoolSettings, as in DestinationRule and Sidecar. */
export const connectionPool = z.object({
  tcp: z
    .object({
      maxConnections: z.int().optional(),
      connectTimeout: duration.optional(),
      tcpKeepalive: z
        .object({ probes: uint.optional(), time: duration.optional(), interval: duration.optional() })
        .optional(),
      maxConnectionDuration: duration.optional(),
      idleTimeout: duration.optional(),
    })
    .optional(),
  http: z
    .object({
      http1MaxPendingRequests: z.int().optional(),
      http2MaxRequests: z.int().optional(),
      maxRequestsPerConnection: z.int().optional(),
      maxRetries: z.int().optional(),
      idleTimeout: duration.optional(),
      h2UpgradePolicy: z.enum(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']).optional(),
      useClientProtocol: z.boolean().optional(),
      maxConcurrentStreams: z.int().optional(),
      http2KeepAlive: z.object({ interval: duration.optional(), timeout: duration.optional() }).optional(),
    })
    .optional(),
});

const outlierDetection = z.object({
  consecutiveErrors: z.int().optional(),
  splitExternalLocalOriginErrors: z.boolean().optional(),
  consecutiveLocalOriginFailures: uint.optional(),
  consecutiveGatewayErrors: uint.optional(),
  consecutive5xxErrors: uint.optional(),
  interval: duration.optional(),
  baseEjectionTime: duration.optional(),
  maxEjectionPercent: z.int().min(0).max(100).optional(),
  minHealthPercent: z.int().min(0).max(100).optional(),
  outlierDetectionHttpErrorCodes: z.array(z.int().min(100).max(599)).optional(),
});

const clientTls = z.object({
  mode: z.enum(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']).optional(),
  clientCertificate: z.string().optional(),
  privateKey: z.string().optional(),
  caCertificates: z.string().optional(),
  credentialName: z.string().optional(),
  subjectAltNames: z.array(z.string()).optional(),
  sni: z.string().optional(),
  insecureSkipVerify: z.boolean().optional(),
  caCrl: z.string().optional(),
});

const policy = {
  loadBalancer: loadBalancer.optional(),
  connectionPool: connectionPool.optional(),
  outlierDetection: outlierDetection.optional(),
  tls: clientTls.optional(),
};

const trafficPolicy = z.object({
  ...policy,
  portLevelSettings: z
    .array(z.object({ port: z.object({ number: portNumber.optional() }).optional(), ...policy }))
    .optional(),
  tunnel: z.object({ protocol: z.string().optional(), targetHost: z.string(), targetPort: portNumber }).optional(),
  proxyProtocol: z.object({ version: z.enum(['V1', 'V2']).optional() }).optional(),
  retryBudget: z
    .object({
      percent: z.number().min(0).max(100).optional(),
      minRetryConcurrency: uint.optional(),
      budgetInterval: duration.optional(),
    })
    .optional(),
});

const subset = z.object({
  name: z.string(),
  labels: stringMap.optional(),
  trafficPolicy: trafficPolicy.optional(),
});

const spec = z.object({
  host: z.string(),
  trafficPolicy: trafficPolicy.optional(),
  subsets: z.array(subset).optional(),
  exportTo,
  workloadSelector: z.object({ matchLabels: stringMap.optional() }).optional(),
});

/** networking.istio.io DestinationRule: how callers treat the endpoints of a host. */
export const destinationRuleKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'DestinationRule',
  plural: 'destinationrules',
  singular: 'destinationrule',
  shortNames: ['dr'],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'What callers do with the endpoints of a host: load balancing, connection pool, outlier detection, TLS.',
  spec,
  status: istioStatus,
  printerColumns: [
    { name: 'Host', type: 'string', jsonPath: '.spec.host' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type DestinationRule = ObjectOf<typeof destinationRuleKind>;
export type DestinationRuleSpec = z.output<typeof spec>;
export type Subset = z.output<typeof subset>;
export type TrafficPolicy = z.output<typeof trafficPolicy>;
export type LoadBalancerSettings = z.output<typeof loadBalancer>;
export type LocalityLoadBalancerSetting = z.output<typeof localityLbSetting>;
export type ConsistentHash = z.output<typeof consistentHash>;
export type ConnectionPoolSettings = z.output<typeof connectionPool>;
export type OutlierDetection = z.output<typeof outlierDetection>;
export type ClientTlsSettings = z.output<typeof clientTls>;
