import { isHttp2 } from '../../model';
import type { Cluster } from '../../proto';
import { ADS_SOURCE } from '../config-source';
import { loadAssignmentOf } from '../endpoint/load-assignment';
import { configPath } from '../istio-metadata';
import { sniName } from '../names';
import { clusterNameOf, type OutboundTarget } from '../outbound-target';
import type { EffectivePolicy } from '../traffic-policy';
import { resource, type XdsResource } from '../xds-resource';
import { connectionFields, httpProtocolOptions, speaksHttp2 } from './connection-pool';
import { type DiscoveryType, discoveryType } from './discovery-type';
import { dnsFields } from './dns';
import { loadBalancerFields } from './load-balancer';
import { outlierFields } from './outlier-detection';
import { withProxyProtocol } from './proxy-protocol';
import { automaticSni, upstreamTls, usesCredentials } from './upstream-tls';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';

/** Builds the cluster; `undefined` when it could never have an endpoint (a name to resolve, but none given). */
export function outboundCluster(target: OutboundTarget): XdsResource | undefined {
  const { policy } = target;
  const name = clusterNameOf(target);
  const type = discoveryType(target);
  const byName = type === 'STRICT_DNS' || type === 'LOGICAL_DNS';
  const loadAssignment = byName ? loadAssignmentOf(target) : undefined;
  if (byName && !loadAssignment?.endpoints?.length) return undefined;
  return resource(CLUSTER, name, {
    name,
    altStatName: `${name};`,
    type,
    edsClusterConfig: type === 'EDS' ? { edsConfig: ADS_SOURCE, serviceName: name } : undefined,
    loadAssignment,
    ...socketFields(target, policy, type),
    ...(byName ? dnsFields(target.proxy) : {}),
    ...connectionFields(policy.connectionPool),
    ...(type === 'ORIGINAL_DST' ? { lbPolicy: 'CLUSTER_PROVIDED' } : loadBalancerFields(policy.loadBalancer)),
    outlierDetection: outlierFields(policy.outlierDetection),
    commonLbConfig: commonLoadBalancing(policy, type),
    metadata: istioMetadata(target),
  });
}

/** Whether requests to the target speak HTTP/2, and so which HTTP options and ALPN names the cluster has. */
function socketFields(target: OutboundTarget, policy: EffectivePolicy, type: DiscoveryType): Partial<Cluster> {
  const { service, port, subset, sniRouted = false } = target;
  const pool = policy.connectionPool;
  const http2 = isHttp2(port.protocol);
  const options = httpProtocolOptions({
    pool,
    http2,
    ...(sniRouted ? {} : automaticSni(policy.tls, usesCredentials(target))),
  });
  if (sniRouted) return { typedExtensionProtocolOptions: options };
  const sockets = upstreamTls({
    service,
    tls: policy.tls,
    http2: speaksHttp2({ pool, http2 }),
    meshSni: sniName(service.hostname, port.port, subset?.name),
    automatic: allowsAutomaticTls(target, policy) && type !== 'ORIGINAL_DST',
    credentials: usesCredentials(target),
  });
  return { typedExtensionProtocolOptions: options, ...withProxyProtocol(sockets, policy.proxyProtocol) };
}

/**
 * Mesh TLS without a rule: only within the mesh, where the service's namespace does not switch it off, and to a headless
 * service only when every endpoint can take it, because there each request names its endpoint.
 */
function allowsAutomaticTls({ model, service, port }: OutboundTarget, { loadBalancer }: EffectivePolicy): boolean {
  if (service.meshExternal || model.peerAuthentications.ofNamespace(service.namespace) === 'DISABLE') return false;
  if (service.resolution !== 'Passthrough' && loadBalancer?.simple !== 'PASSTHROUGH') return true;
  const endpoints = service.endpoints.get(port.port) ?? [];
  return endpoints.length > 0 && endpoints.every(({ tlsMode }) => tlsMode === 'istio');
}

/** Panic is off unless a rule says at which share of healthy hosts it begins; weights per locality only when a rule sets them. */
function commonLoadBalancing(policy: EffectivePolicy, type: DiscoveryType): Cluster['commonLbConfig'] {
  const { minHealthPercent } = policy.outlierDetection ?? {};
  return {
    healthyPanicThreshold: minHealthPercent ? { value: minHealthPercent } : {},
    localityWeightedLbConfig: weighsLocalities(policy) && type !== 'ORIGINAL_DST' ? {} : undefined,
  };
}

function weighsLocalities({ loadBalancer, outlierDetection }: EffectivePolicy): boolean {
  const { enabled, distribute, failover, failoverPriority } = loadBalancer?.localityLbSetting ?? {};
  if (enabled === false) return false;
  if (distribute?.length) return true;
  return outlierDetection !== undefined && (failover !== undefined || failoverPriority !== undefined);
}

function istioMetadata({ service, rule, subset }: OutboundTarget): Cluster['metadata'] {
  return {
    filterMetadata: {
      istio: {
        ...(rule ? { config: configPath(rule.object) } : {}),
        ...(service.meshExternal ? { external: true } : {}),
        services: [{ host: service.hostname, name: service.name, namespace: service.namespace }],
        ...(subset ? { subset: subset.name } : {}),
      },
    },
  };
}
