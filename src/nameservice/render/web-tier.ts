import { type AccessPointPort, exportToOf, gatewayProtocolOf, ISTIO_NETWORKING, routeKindOf } from '../../accesspoint';
import { annotations, type Manifest } from '../../federation/api';
import { canonicalJson } from '../../kernel';
import type { TargetIntent } from '../answer';
import { issuedGatewayName, issuedSecretName, primaryName } from './names';
import { percentOf } from './percent-of';
import { identity, type NameRenderInput } from './render-context';

/** One target's AccessPoint in this zone. */
interface Door {
  readonly target: TargetIntent;
  readonly accessPoint: NonNullable<TargetIntent['accessPoint']>;
}

/**
 * The name at the gateways of a zone that it leads to: a client that DNS sent there asks for the name, which no AccessPoint knows. Targets
 * that share the gateways of a zone have one address there, so that DNS cannot tell them apart; the route does, by their ratios.
 */
export function renderWebTier(input: NameRenderInput): Manifest[] {
  const doors = doorsOf(input);
  const [first] = doors;
  if (first === undefined) return [];
  const ports = first.accessPoint.ports.filter((port) => routeKindOf(port) !== 'tcp');
  if (ports.length === 0) return [];
  const groups = gatewayGroups(input, ports);
  const gateways = groups.map(({ name }) => name);
  return [...groups.map((group) => gateway(input, first, group)), virtualService(input, { doors, ports, gateways })];
}

/** Targets whose web tier stands in this zone, and that the same gateways serve. */
function doorsOf({ intent, record, cluster }: NameRenderInput): Door[] {
  const doors = intent.targets.flatMap((target): Door[] => {
    const member = record.members.find(({ target: id, zone }) => id === target.id && zone === cluster.zone);
    const here = member !== undefined && member.addresses.length > 0;
    return here && target.accessPoint !== undefined ? [{ target, accessPoint: target.accessPoint }] : [];
  });
  const selector = canonicalJson(doors[0]?.accessPoint.gatewaySelector ?? {});
  return doors.filter(({ accessPoint }) => canonicalJson(accessPoint.gatewaySelector) === selector);
}

function hostsOf({ record }: NameRenderInput): string[] {
  return [record.fqdn, ...record.former.map(({ fqdn }) => fqdn)];
}

/** One Gateway of a name. */
interface GatewayGroup {
  readonly name: string;
  readonly issued: boolean;
  readonly ports: readonly AccessPointPort[];
}

/** The issuer annotation covers a whole Gateway, so ports with Secrets of their own must not share one with issued ports. */
function gatewayGroups({ owner }: NameRenderInput, ports: readonly AccessPointPort[]): GatewayGroup[] {
  const name = primaryName(owner.name);
  const issued = ports.filter(({ tls }) => tls?.issuer === 'Mesh');
  const others = ports.filter(({ tls }) => tls?.issuer !== 'Mesh');
  if (issued.length === 0) return [{ name, issued: false, ports }];
  if (!others.some(({ tls }) => tls?.secretName !== undefined)) return [{ name, issued: true, ports }];
  return [
    { name, issued: false, ports: others },
    { name: issuedGatewayName(owner.name), issued: true, ports: issued },
  ];
}

function gateway(input: NameRenderInput, { accessPoint }: Door, { name, issued, ports }: GatewayGroup): Manifest {
  const secret = issuedSecretName(input.owner.namespace, input.owner.name);
  return {
    ...identity(input, {
      apiVersion: ISTIO_NETWORKING,
      kind: 'Gateway',
      name,
      ...(issued ? { annotations: { [annotations.certificateIssuer]: 'mesh' } } : {}),
    }),
    spec: {
      selector: accessPoint.gatewaySelector,
      servers: ports.map((port) => ({
        port: { number: port.number, name: port.name, protocol: gatewayProtocolOf(port) },
        hosts: hostsOf(input),
        ...tlsOf(port, secret),
      })),
    },
  };
}

function tlsOf({ tls, httpsRedirect }: AccessPointPort, issuedSecret: string): { readonly tls?: unknown } {
  if (tls === undefined) return httpsRedirect === true ? { tls: { httpsRedirect: true } } : {};
  if (tls.mode === 'PASSTHROUGH') return { tls: { mode: tls.mode } };
  return { tls: { mode: tls.mode, credentialName: tls.issuer === 'Mesh' ? issuedSecret : tls.secretName } };
}

function virtualService(
  input: NameRenderInput,
  routed: {
    readonly doors: readonly Door[];
    readonly ports: readonly AccessPointPort[];
    readonly gateways: readonly string[];
  },
): Manifest {
  const { owner, meshSpec, intent } = input;
  const { doors, ports, gateways } = routed;
  const http = ports
    .filter((port) => routeKindOf(port) === 'http')
    .map((port) => ({ name: port.name, match: [{ port: port.number }], ...routeOf(input, doors, port) }));
  const tls = ports
    .filter((port) => routeKindOf(port) === 'tls')
    .map((port) => ({ match: [{ port: port.number, sniHosts: hostsOf(input) }], ...routeOf(input, doors, port) }));
  const visibility = { namespace: owner.namespace, meshSpec, spec: { exportTo: intent.exportTo } };
  return {
    ...identity(input, { apiVersion: ISTIO_NETWORKING, kind: 'VirtualService', name: primaryName(owner.name) }),
    spec: {
      hosts: hostsOf(input),
      gateways,
      ...(http.length === 0 ? {} : { http }),
      ...(tls.length === 0 ? {} : { tls }),
      exportTo: exportToOf(visibility, 'virtualService'),
    },
  };
}

function routeOf(
  { record }: NameRenderInput,
  doors: readonly Door[],
  port: AccessPointPort,
): { readonly route: unknown } {
  const able = doors.filter(({ accessPoint }) => accessPoint.ports.some(({ number }) => number === port.number));
  const weights = new Map(able.map(({ target }) => [target.id, record.policy === 'Ratio' ? target.ratio : 1]));
  const percents = percentOf(weights);
  const sent = able.filter(({ target }) => percents.has(target.id));
  return {
    route: sent.map(({ target, accessPoint }) => ({
      destination: { host: accessPoint.host, port: { number: port.number } },
      ...(sent.length === 1 ? {} : { weight: percents.get(target.id) }),
    })),
  };
}
