import type { Field } from '../findings';
import { durationNs, hostCovers, hostsMeet, isHttp } from '../validation';
import { fullHost, type LintObject, type LintWorld, rulesOf, type TrapFaults } from './lint-world';
import { destinationsOf, gatewayNamed, gatewayNamesOf, serverHosts } from './routes';
import { type MeshService, servicesOf } from './services';

/** One host that two VirtualServices of one gateway route. */
export function* contestedHosts(world: LintWorld): TrapFaults {
  const claims = new Map<string, LintObject>();
  for (const object of world.of('VirtualService')) {
    for (const { text, field } of object.spec.at('hosts').texts) {
      const host = fullHost(text, object.namespace);
      for (const { name: gateway } of gatewayNamesOf(object)) {
        const key = `${gateway} ${host}`;
        const first = claims.get(key) ?? object;
        claims.set(key, first);
        if (first === object) continue;
        const outcome =
          gateway === 'mesh'
            ? 'only the older one counts for callers in the mesh'
            : 'their routes are joined in an order that nobody has promised';
        const message = `VirtualService ${first.namespace}/${first.name} routes ${host} at ${gateway}, too: ${outcome}`;
        yield { code: 'FLO8520', object, path: field.path, message };
      }
    }
  }
}

/** A subset that no DestinationRule has. */
export function* missingSubsets(world: LintWorld): TrapFaults {
  for (const { object, host, field } of world.of('VirtualService').flatMap(destinationsOf)) {
    const subset = field.at('subset').text ?? '';
    if (subset === '') continue;
    const isDefined = rulesOf(host, world).some((rule) =>
      rule.spec.at('subsets').items.some((one) => one.at('name').text === subset),
    );
    if (isDefined) continue;
    const message = `no DestinationRule for ${host} has a subset "${subset}": every request on this route gets a 503`;
    yield { code: 'FLO8521', object, path: field.at('subset').path, message };
  }
}

/** A Gateway that is not there. */
export function* missingGateways(world: LintWorld): TrapFaults {
  if (world.context.complete !== true) return;
  for (const object of world.of('VirtualService')) {
    for (const { name, field } of gatewayNamesOf(object)) {
      if (name === 'mesh' || gatewayNamed(world, name) !== undefined) continue;
      yield {
        code: 'FLO8522',
        object,
        path: field.path,
        message: `there is no Gateway ${name}, so no gateway gets these routes`,
      };
    }
  }
}

/** A host that none of the Gateway's servers has. */
export function* unservedHosts(world: LintWorld): TrapFaults {
  for (const object of world.of('VirtualService')) {
    for (const { name } of gatewayNamesOf(object)) {
      const gateway = gatewayNamed(world, name);
      if (gateway === undefined) continue;
      const served = gateway.spec.at('servers').items.flatMap(serverHosts);
      for (const { text, field } of object.spec.at('hosts').texts) {
        if (served.some((host) => hostsMeet(host, text))) continue;
        yield {
          code: 'FLO8523',
          object,
          path: field.path,
          message: `Gateway ${name} has no server for ${text}, so requests for it get a 404 there`,
        };
      }
    }
  }
}

/** Weights that are no percents. */
export function* unevenWeights(world: LintWorld): TrapFaults {
  for (const object of world.of('VirtualService')) {
    for (const route of ['http', 'tls', 'tcp'].flatMap((kind) => object.spec.at(kind).items)) {
      const destinations = route.at('route').items;
      const sum = destinations.reduce((total, item) => total + (item.at('weight').number ?? 0), 0);
      if (destinations.length < 2 || sum === 100 || sum === 0) continue;
      const shares = destinations.map((item) => `${Math.round(((item.at('weight').number ?? 0) / sum) * 1000) / 10} %`);
      const message = `the weights sum to ${sum}: the destinations get ${shares.join(', ')}`;
      yield { code: 'FLO8524', object, path: route.at('route').path, message };
    }
  }
}

/** Attempts that the timeout cuts off. */
export function* futileRetries(world: LintWorld): TrapFaults {
  for (const object of world.of('VirtualService')) {
    for (const route of object.spec.at('http').items) {
      const retries = route.at('retries');
      const [timeout, perTry] = [milliseconds(route.at('timeout')), milliseconds(retries.at('perTryTimeout'))];
      const attempts = retries.at('attempts').number ?? 0;
      if (timeout === undefined || perTry === undefined || attempts === 0 || perTry * (attempts + 1) <= timeout)
        continue;
      const tries = Math.floor(timeout / perTry);
      const message = `${attempts + 1} tries of ${perTry} ms do not fit into ${timeout} ms: after ${tries === 1 ? 'one try' : `${tries} tries`} the caller gets a 504`;
      yield { code: 'FLO8525', object, path: retries.path, message };
    }
  }
}

function milliseconds({ text }: Field): number | undefined {
  const ns = text === undefined ? undefined : durationNs(text);
  return ns === undefined ? undefined : ns / 1e6;
}

/** Several DestinationRules for one host. */
export function* contestedRules(world: LintWorld): TrapFaults {
  const seen = new Map<string, LintObject>();
  for (const rule of world.of('DestinationRule')) {
    if (rule.spec.at('workloadSelector').given) continue;
    const key = `${rule.namespace} ${fullHost(rule.spec.at('host').text ?? '', rule.namespace)}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, rule);
    else {
      const message = `DestinationRule ${first.name} is about the same host: subsets are joined, but only one of the two traffic policies counts`;
      yield { code: 'FLO8526', object: rule, path: rule.spec.at('host').path, message };
    }
  }
}

/** A destination's port that its service does not have, or none where there are several. */
export function* wrongPorts(world: LintWorld): TrapFaults {
  const services = new Map(servicesOf(world).map((service) => [service.host, service]));
  for (const { object, host, field } of world.of('VirtualService').flatMap(destinationsOf)) {
    const service = services.get(host);
    if (service === undefined || service.ports.length === 0) continue;
    const port = field.at('port').at('number');
    const known = service.ports.flatMap(({ number }) => number ?? []);
    if (port.number !== undefined && !known.includes(port.number)) {
      const message = `${host} has no port ${port.number} (it has ${known.join(', ')}): every request on this route gets a 503`;
      yield { code: 'FLO8527', object, path: port.path, message };
    } else if (port.number === undefined && known.length > 1) {
      const message = `${host} has ports ${known.join(', ')}, and the destination names none: Istio refuses to choose, and the route gets a 503`;
      yield { code: 'FLO8527', object, path: field.path, message };
    }
  }
}

/** Beginnings of port names by which Istio takes a protocol. */
const NAMED = ['http', 'http2', 'https', 'grpc', 'grpc-web', 'tcp', 'tls', 'mongo', 'redis', 'mysql', 'udp'];

/** A port whose name says another protocol than its field. */
export function* misnamedPorts(world: LintWorld): TrapFaults {
  for (const { object, ports } of distinctServices(world)) {
    for (const { name, protocol, field } of ports) {
      const named = NAMED.filter((one) => name === one || name.startsWith(`${one}-`)).sort(
        (a, b) => b.length - a.length,
      )[0];
      const said = protocol.toLowerCase();
      if (named === undefined || said === '' || said === named || /[./]/.test(said)) continue;
      // The gateway may have ended TLS before: then what arrives is what the field says.
      if ((isHttp(said) && isHttp(named)) || ['https', 'tls'].includes(named)) continue;
      const wins = object.kind === 'Service' ? `appProtocol ${protocol}` : `protocol ${protocol}`;
      const message = `port "${name}" looks like ${named}, but ${wins} counts: ${isHttp(said) ? 'bytes that are no HTTP are refused' : 'there are no HTTP routes, retries and metrics'}`;
      yield { code: 'FLO8528', object, path: field.path, message };
    }
  }
}

function distinctServices(world: LintWorld): MeshService[] {
  return [...new Map(servicesOf(world).map((service) => [service.object, service])).values()];
}

/** A mirror without a percentage gets a copy of everything. */
export function* wholeMirrors(world: LintWorld): TrapFaults {
  for (const object of world.of('VirtualService')) {
    for (const route of object.spec.at('http').items) {
      const single = route.at('mirror');
      const unlimited = [
        ...(single.given && route.among(['mirrorPercentage', 'mirrorPercent']).length === 0 ? [single] : []),
        ...route.at('mirrors').items.filter((mirror) => !mirror.at('percentage').given),
      ];
      for (const field of unlimited)
        yield {
          code: 'FLO8529',
          object,
          path: field.path,
          message: 'without a percentage the mirror gets a copy of every request',
        };
    }
  }
}

/** One port of the same gateways with two protocols, or one host on it twice. */
export function* contestedServers(world: LintWorld): TrapFaults {
  const ports = new Map<string, { readonly gateway: LintObject; readonly protocol: string }>();
  const hosts = new Map<string, LintObject>();
  for (const object of world.of('Gateway')) {
    const selector = JSON.stringify(Object.entries(object.spec.at('selector').labels).sort());
    for (const server of object.spec.at('servers').items) {
      const port = server.at('port');
      const number = port.at('number').number ?? 0;
      const key = `${selector} ${number} ${server.at('bind').text ?? ''}`;
      const protocol = (port.at('protocol').text ?? '').toUpperCase();
      const first = ports.get(key) ?? { gateway: object, protocol };
      ports.set(key, first);
      const twin = serverHosts(server)
        .map((host) => hosts.get(`${key} ${host}`))
        .find((one) => one !== undefined && one !== object);
      if (first.gateway !== object && isHttp(first.protocol) !== isHttp(protocol)) {
        const message = `Gateway ${nameOf(first.gateway)} opens port ${number} with ${first.protocol}, this one with ${protocol}: only the older one is served`;
        yield { code: 'FLO8530', object, path: port.path, message };
      } else if (twin !== undefined) {
        const message = `Gateway ${nameOf(twin)} has the same host on the same port: only the older one's TLS settings and certificate count`;
        yield { code: 'FLO8531', object, path: server.at('hosts').path, message };
      }
      for (const host of serverHosts(server)) if (!hosts.has(`${key} ${host}`)) hosts.set(`${key} ${host}`, object);
    }
  }
}

function nameOf({ namespace, name }: LintObject): string {
  return `${namespace}/${name}`;
}

/** Routes of a kind that no server for their hosts looks at. */
export function* misplacedRoutes(world: LintWorld): TrapFaults {
  for (const object of world.of('VirtualService')) {
    const names = gatewayNamesOf(object).map(({ name }) => name);
    const gateways = names.flatMap((name) => gatewayNamed(world, name) ?? []);
    // Sidecars look at routes of every kind, and what cannot be seen is not judged.
    if (gateways.length < names.length) continue;
    const hosts = object.spec.at('hosts').texts.map(({ text }) => text);
    const servers = gateways
      .flatMap((gateway) => gateway.spec.at('servers').items)
      .filter((server) => serverHosts(server).some((host) => hosts.some((one) => hostCovers(host, one))));
    const kinds = new Set(servers.map(routeKind));
    for (const kind of ['http', 'tls', 'tcp'] as const) {
      const routes = object.spec.at(kind);
      if (routes.items.length === 0 || servers.length === 0 || kinds.has(kind)) continue;
      const message = `its gateways serve these hosts with ${[...kinds].join(' and ')} routes only, so the ${kind} routes do nothing`;
      yield { code: 'FLO8532', object, path: routes.path, message };
    }
  }
}

/** Which routes a server looks at. */
function routeKind(server: Field): 'http' | 'tls' | 'tcp' {
  const protocol = server.at('port').at('protocol').text ?? '';
  const passes = ['PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(server.at('tls').at('mode').text ?? 'PASSTHROUGH');
  if (isHttp(protocol)) return 'http';
  if (['HTTPS', 'TLS'].includes(protocol.toUpperCase()) && passes) return 'tls';
  return protocol.toUpperCase() === 'HTTPS' ? 'http' : 'tcp';
}
