import type { Faults, Field } from '../findings';
import { hostFaults, labelFaults } from './basics';
import { destinationFaults, weightFaults } from './destination';
import { gatewayNamesFaults } from './gateway-names';
import { hostCovers, isIp, isSubnet, wildcardNameProblem } from './names';

/** Istio's TLSRoute: by server name, which has to be one of the VirtualService's hosts. */
export function* tlsRouteFaults(route: Field, spec: Field): Faults {
  const matches = route.at('match');
  if (matches.items.length === 0 && Array.isArray(matches.value))
    yield { code: 'FLO8057', path: matches.path, message: 'a TLS route needs a match with sniHosts' };
  for (const match of matches.items) {
    for (const { text, field } of match.at('sniHosts').texts) yield* serverNameFaults(field, text, spec);
    yield* streamMatchFaults(match);
  }
  yield* destinationsFaults(route, 'TLS');
}

/** Istio's TCPRoute. */
export function* tcpRouteFaults(route: Field): Faults {
  for (const match of route.at('match').items) yield* streamMatchFaults(match);
  yield* destinationsFaults(route, 'TCP');
}

function* destinationsFaults(route: Field, protocol: string): Faults {
  const destinations = route.at('route');
  if (destinations.items.length === 0)
    yield { code: 'FLO8059', path: destinations.path, message: `a ${protocol} route needs a destination` };
  yield* weightFaults(destinations);
  for (const item of destinations.items) yield* destinationFaults(item.at('destination'));
}

function* serverNameFaults(field: Field, name: string, spec: Field): Faults {
  const { path } = field;
  if (name.startsWith('outbound_')) return;
  if (wildcardNameProblem(name) !== undefined && isIp(name)) {
    yield { code: 'FLO8058', path, message: `"${name}" is an address; clients send none as their server name` };
    return;
  }
  if (wildcardNameProblem(name) !== undefined) {
    yield* hostFaults(field, name);
    return;
  }
  const hosts = spec.at('hosts').texts.map(({ text }) => text);
  if (!hosts.some((host) => hostCovers(host, name)))
    yield { code: 'FLO8057', path, message: `server name "${name}" is none of the hosts (${hosts.join(', ')})` };
}

function* streamMatchFaults(match: Field): Faults {
  const subnets = [
    ...match.at('destinationSubnets').texts,
    ...(match.at('sourceSubnet').text === undefined
      ? []
      : [{ text: match.at('sourceSubnet').text ?? '', field: match.at('sourceSubnet') }]),
  ];
  for (const { text, field } of subnets) {
    if (!isSubnet(text)) yield { code: 'FLO8020', path: field.path, message: `"${text}" is no address and no network` };
  }
  yield* labelFaults(match.at('sourceLabels'));
  yield* gatewayNamesFaults(match.at('gateways'));
}
