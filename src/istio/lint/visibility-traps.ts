import { hostCovers } from '../validation';
import { entriesOf, isExportedTo, type LintObject, type LintWorld, rulesOf, type TrapFaults } from './lint-world';
import { destinationsOf, gatewayNamed, gatewayNamesOf, workloadsOf } from './routes';
import { type MeshService, servicesOf } from './services';

/** An object that the gateway which routes to it does not see. */
export function* hiddenFromGateways(world: LintWorld): TrapFaults {
  for (const virtualService of world.of('VirtualService')) {
    const namespaces = gatewayNamespaces(virtualService, world);
    for (const namespace of namespaces) {
      for (const object of routedObjects(virtualService, world)) {
        const exportTo = object.spec.at('exportTo');
        if (
          isExportedTo(
            exportTo.texts.map(({ text }) => text),
            object.namespace,
            namespace,
          )
        )
          continue;
        const outcome =
          object === virtualService
            ? 'answer its hosts with 404'
            : object.kind === 'DestinationRule'
              ? 'treat the host as if there were no rule'
              : 'answer with 503';
        const message = `gateways in namespace ${namespace} do not see this ${object.kind}, and ${outcome}`;
        yield { code: 'FLO8535', object, path: exportTo.path, message, hint: `add ${namespace} to exportTo` };
      }
    }
  }
}

function gatewayNamespaces(virtualService: LintObject, world: LintWorld): string[] {
  const gateways = gatewayNamesOf(virtualService).flatMap(({ name }) => gatewayNamed(world, name) ?? []);
  return [...new Set(gateways.flatMap((gateway) => workloadsOf(gateway, world).map(({ namespace }) => namespace)))];
}

/** The VirtualService itself, and the services and rules of the hosts that it leads to. */
function routedObjects(virtualService: LintObject, world: LintWorld): LintObject[] {
  const hosts = new Set(destinationsOf(virtualService).map(({ host }) => host));
  const entries = [...hosts].flatMap((host) => entriesOf(host, world));
  const rules = [...hosts].flatMap((host) => rulesOf(host, world));
  return [virtualService, ...entries, ...rules];
}

/** A Sidecar that hides what workloads of its namespace are routed to. */
export function* hiddenBySidecar(world: LintWorld): TrapFaults {
  for (const sidecar of world.of('Sidecar')) {
    const egress = sidecar.spec.at('egress').items;
    if (egress.length === 0 || sidecar.spec.at('workloadSelector').given) continue;
    const visible = egress.flatMap((listener) => listener.at('hosts').texts.map(({ text }) => text));
    const needed = new Set(
      world
        .of('VirtualService')
        .filter((one) => one.namespace === sidecar.namespace && gatewayNamesOf(one).some(({ name }) => name === 'mesh'))
        .flatMap((one) => destinationsOf(one).map(({ host }) => host)),
    );
    for (const host of needed) {
      if (visible.some((pattern) => isVisible(pattern, host, sidecar.namespace))) continue;
      const message = `routes of namespace ${sidecar.namespace} lead to ${host}, which no egress host shows: those calls get a 503`;
      yield { code: 'FLO8536', object: sidecar, path: sidecar.spec.at('egress').path, message };
    }
  }
}

/** Whether `namespace/host` of a Sidecar shows a host. The namespace of a Kubernetes service is part of its name; any other may be anywhere. */
function isVisible(pattern: string, host: string, own: string): boolean {
  const slash = pattern.indexOf('/');
  const namespace = pattern.slice(0, slash) === '.' ? own : pattern.slice(0, slash);
  const [, kubernetes] = /^[^.]+\.([^.]+)\.svc\./.exec(host) ?? [];
  if (kubernetes !== undefined && namespace !== '*' && namespace !== kubernetes) return false;
  return namespace !== '~' && hostCovers(pattern.slice(slash + 1), host);
}

/** One host in two ServiceEntries. */
export function* contestedEntries(world: LintWorld): TrapFaults {
  const seen = new Map<string, MeshService[]>();
  for (const service of servicesOf(world).filter(({ object }) => object.kind === 'ServiceEntry')) {
    const { host, object } = service;
    const others = seen.get(host) ?? [];
    const first = others.find((other) => other.object !== object && haveReadersInCommon(other, service));
    seen.set(host, [...others, service]);
    if (first === undefined) continue;
    const outcome =
      first.object.namespace === object.namespace
        ? 'their endpoints are joined, and the ports and the resolution are those of one of them'
        : 'each namespace sees one of the two, and which one is not promised';
    const message = `ServiceEntry ${first.object.namespace}/${first.object.name} has host ${host}, too: ${outcome}`;
    yield { code: 'FLO8537', object, path: 'spec.hosts', message };
  }
}

function haveReadersInCommon(left: MeshService, right: MeshService): boolean {
  return left.isExportedTo(right.object.namespace) || right.isExportedTo(left.object.namespace);
}
