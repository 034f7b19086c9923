import { annotations, type Manifest } from '../../federation/api';
import type { AccessPointPort } from '../access-point';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { issuedGatewayName, issuedSecretName, primaryName } from './names';
import { gatewayProtocolOf, sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/** Annotation value that asks the zone's citadel to issue the certificates of a Gateway's servers. */
const MESH_ISSUER = 'mesh';

interface GatewayGroup {
  readonly name: string;
  readonly issued: boolean;
  readonly ports: readonly AccessPointPort[];
}

/** Names of the Gateways of an access point, which its VirtualService binds to. */
export function gatewayNames(context: RenderContext): string[] {
  return gatewayGroups(context).map((group) => group.name);
}

/** The Gateways of an access point: one, or two when certificates come both from Secrets and from the mesh. */
export function renderGateways(context: RenderContext): Manifest[] {
  return gatewayGroups(context).map(({ name, issued, ports }) =>
    manifest(context, {
      apiVersion: ISTIO_NETWORKING,
      kind: 'Gateway',
      name,
      ...(issued ? { annotations: { [annotations.certificateIssuer]: MESH_ISSUER } } : {}),
      spec: { selector: context.spec.gateway.selector, servers: ports.map((port) => serverOf(context, port)) },
    }),
  );
}

/** The issuer annotation covers a whole Gateway, so ports with Secrets of their own must not share one with issued ports. */
function gatewayGroups({ accessPoint, spec }: RenderContext): GatewayGroup[] {
  const ports = sortedPorts(spec.ports);
  const name = primaryName(accessPoint.metadata.name);
  const issued = ports.filter((port) => port.tls?.issuer === 'Mesh');
  const others = ports.filter((port) => port.tls?.issuer !== 'Mesh');
  if (issued.length === 0) return [{ name, issued: false, ports }];
  if (!others.some((port) => port.tls?.secretName !== undefined)) return [{ name, issued: true, ports }];
  return [
    { name, issued: false, ports: others },
    { name: issuedGatewayName(accessPoint.metadata.name), issued: true, ports: issued },
  ];
}

function serverOf(context: RenderContext, port: AccessPointPort): unknown {
  const tls = tlsOf(context, port);
  return {
    port: { number: port.number, name: port.name, protocol: gatewayProtocolOf(port) },
    hosts: context.spec.hosts,
    ...(tls === undefined ? {} : { tls }),
  };
}

function tlsOf({ namespace, accessPoint }: RenderContext, { tls, httpsRedirect }: AccessPointPort): unknown {
  if (tls === undefined) return httpsRedirect === true ? { httpsRedirect: true } : undefined;
  if (tls.mode === 'PASSTHROUGH') return { mode: tls.mode };
  const credentialName =
    tls.issuer === 'Mesh' ? issuedSecretName(namespace, accessPoint.metadata.name) : tls.secretName;
  return { mode: tls.mode, credentialName };
}
