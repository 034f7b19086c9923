import type { AccessPointSpec } from '../access-point';
import { type RouteKind, routeKindOf } from '../render/ports';
import type { AccessPointHttpRoute } from '../schema/routes';
import type { FindingParts } from './access-point-finding';

const PORTS_OF: Readonly<Record<RouteKind, string>> = {
  http: 'HTTP, HTTPS, HTTP2 or GRPC',
  tls: 'HTTPS or TLS with tls mode PASSTHROUGH',
  tcp: 'TCP, or TLS that ends at the gateway',
};

/** Checks of `spec.http`, `spec.tls` and `spec.tcp`: ports to route, answers that exclude one another, weights. */
export function routeFindings(spec: AccessPointSpec): FindingParts[] {
  const kinds = new Set(spec.ports.map(routeKindOf));
  const homeless = (['http', 'tls', 'tcp'] as const).flatMap((kind) => {
    if (spec[kind] === undefined || kinds.has(kind)) return [];
    const message = `there are ${kind} routes, but no port that they could apply to`;
    return [{ code: 'FLO3021', path: `spec.${kind}`, message, hint: `add a port with protocol ${PORTS_OF[kind]}` }];
  });
  const answers = (spec.http ?? []).flatMap((route, index) => answerFindings(route, `spec.http[${index}]`));
  const weights = (['http', 'tls', 'tcp'] as const).flatMap((kind) =>
    (spec[kind] ?? []).flatMap((route, index) => weightFindings(route.route, `spec.${kind}[${index}].route`)),
  );
  const ports = (['http', 'tls', 'tcp'] as const).flatMap((kind) => portMatchFindings(spec, kind));
  return [...homeless, ...answers, ...weights, ...ports];
}

/** Istio's VirtualService: an HTTP route forwards, redirects, answers itself or delegates, one of them. */
function answerFindings(route: AccessPointHttpRoute, path: string): FindingParts[] {
  const given = (['route', 'redirect', 'directResponse', 'delegate'] as const).filter(
    (field) => route[field] !== undefined,
  );
  if (given.length < 2) return [];
  return [{ code: 'FLO3026', path, message: `${given.join(' and ')} exclude one another`, hint: 'keep one of them' }];
}

function weightFindings(
  destinations: readonly { readonly weight?: number | undefined }[] | undefined,
  path: string,
): FindingParts[] {
  if (destinations === undefined) return [];
  if (destinations.length === 0)
    return [
      {
        code: 'FLO3025',
        path,
        message: 'a route without destinations leads nowhere',
        hint: 'leave the field out to lead to this access point',
      },
    ];
  if (destinations.length === 1) return [];
  const sum = destinations.reduce((total, { weight = 0 }) => total + weight, 0);
  if (sum === 100) return [];
  return [
    {
      code: 'FLO3025',
      path,
      message: `the weights sum to ${sum}, not to 100`,
      hint: 'give every destination its percent',
    },
  ];
}

function portMatchFindings(spec: AccessPointSpec, kind: RouteKind): FindingParts[] {
  const numbers = new Set(spec.ports.filter((port) => routeKindOf(port) === kind).map(({ number }) => number));
  if (numbers.size === 0) return [];
  return (spec[kind] ?? []).flatMap((route, index) =>
    (route.match ?? []).flatMap((match, place) => {
      if (match.port === undefined || numbers.has(match.port)) return [];
      const path = `spec.${kind}[${index}].match[${place}].port`;
      const message = `the access point has no port ${match.port} for ${kind} routes, so this would never match`;
      return [{ code: 'FLO3021', path, message, hint: `use one of ${[...numbers].sort((a, b) => a - b).join(', ')}` }];
    }),
  );
}
