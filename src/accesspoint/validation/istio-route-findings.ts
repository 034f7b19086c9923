import { validateIstioObject } from '../../istio/validation';
import type { AccessPoint, AccessPointSpec } from '../access-point';
import type { AccessPointDestination } from '../schema/routes';
import type { FindingParts } from './access-point-finding';

/** Findings that the access point's own checks tell with its own words. */
const TOLD_ALREADY: readonly string[] = ['FLO8046', 'FLO8048', 'FLO8059'];

/** What Istio would say about `spec.http`, `spec.tls` and `spec.tcp`, which are in VirtualService's own shape. */
export function istioRouteFindings({ metadata }: AccessPoint, spec: AccessPointSpec): FindingParts[] {
  if (spec.http === undefined && spec.tls === undefined && spec.tcp === undefined) return [];
  const host = spec.hosts.find((candidate) => !candidate.startsWith('*')) ?? spec.hosts[0] ?? '';
  const trial = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: metadata.name, namespace: metadata.namespace ?? 'default' },
    spec: { hosts: spec.hosts, gateways: ['flotilla/trial'], ...trialRoutes(spec, host) },
  };
  return validateIstioObject(trial).flatMap(({ code, severity, path = '', message, hint }) => {
    if (!/^spec\.(http|tls|tcp)\[/.test(path) || TOLD_ALREADY.includes(code)) return [];
    return [{ code, severity, path, message, ...(hint === undefined ? {} : { hint }) }];
  });
}

/** The routes at their places, with destinations that were left out filled in. */
function trialRoutes({ http, tls, tcp }: AccessPointSpec, host: string): object {
  const complete = <T extends { destination?: AccessPointDestination }>(list: readonly T[]): unknown[] =>
    list.map((entry) => ({ ...entry, destination: { ...entry.destination, host: entry.destination?.host ?? host } }));
  const layer4 = (
    routes: readonly { readonly route?: readonly { destination?: AccessPointDestination }[] | undefined }[],
  ): unknown[] => routes.map((route) => ({ ...route, route: complete(route.route ?? [{}]) }));
  return {
    ...(tls === undefined ? {} : { tls: layer4(tls) }),
    ...(tcp === undefined ? {} : { tcp: layer4(tcp) }),
    ...(http === undefined
      ? {}
      : {
          http: http.map(({ route, mirror, mirrors, ...rest }) => ({
            ...rest,
            ...(route === undefined ? {} : { route: complete(route) }),
            ...(mirror === undefined ? {} : { mirror: { ...mirror, host: mirror.host ?? host } }),
            ...(mirrors === undefined ? {} : { mirrors: complete(mirrors) }),
          })),
        }),
  };
}
