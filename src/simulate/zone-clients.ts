import type { AccessPoint } from '../accesspoint';
import { gatewayNamespaceOf, type Mesh } from '../federation/api';
import { parseLocality } from '../kernel';
import type { KubeObject } from '../kube/schema';
import { buildModel, type MeshModel, parseProxy, type Proxy } from '../pilot/model';
import type { Scenario } from './scenario';
import type { ZoneView } from './zone-view';

/** The primary of one zone: its model, built as discovery builds it. */
export function modelOf(view: ZoneView, mesh: Mesh | undefined): MeshModel {
  const { trustDomain = 'cluster.local', rootNamespace = 'istio-system', defaultExportTo } = mesh?.spec ?? {};
  const settings = { trustDomain, rootNamespace, ...(defaultExportTo === undefined ? {} : { defaultExportTo }) };
  return buildModel({ mesh: settings, objects: view.objects });
}

/** A gateway of the zone that leads to an access point, as it would introduce itself. */
export function gatewayProxy(
  accessPoint: AccessPoint,
  { zone, gateway }: ZoneView,
  mesh: Mesh | undefined,
  scenario: Scenario,
): Proxy {
  const namespace = mesh?.spec === undefined ? 'istio-system' : gatewayNamespaceOf(mesh.spec);
  const known = !scenario.noLocality.includes(zone);
  const { region, zone: name } = parseLocality(zone);
  return parseProxy({
    id: `router~10.254.0.1~gateway.${namespace}~${namespace}.svc.cluster.local`,
    metadata: { NAMESPACE: namespace, LABELS: accessPoint.spec?.gateway.selector ?? {}, CLUSTER_ID: gateway },
    ...(known ? { locality: { region, zone: name } } : {}),
  });
}

/** A proxyless gRPC client beside the backend. */
export function grpcProxy(owner: Pick<KubeObject, 'metadata'>, view: ZoneView): Proxy {
  return meshClient(owner, view, { GENERATOR: 'grpc' });
}

/** A workload with a sidecar (Envoy) beside it, in the owner's namespace. */
export function sidecarProxy(owner: Pick<KubeObject, 'metadata'>, view: ZoneView): Proxy {
  return meshClient(owner, view, {});
}

function meshClient(
  { metadata }: Pick<KubeObject, 'metadata'>,
  { zone, gateway }: ZoneView,
  more: Readonly<Record<string, string>>,
): Proxy {
  const namespace = metadata.namespace ?? 'default';
  const { region, zone: name } = parseLocality(zone);
  return parseProxy({
    id: `sidecar~10.254.0.2~client.${namespace}~${namespace}.svc.cluster.local`,
    metadata: { NAMESPACE: namespace, CLUSTER_ID: gateway, ...more },
    locality: { region, zone: name },
  });
}
