import type { HttpMatch, HttpRoute } from '../../../istio';
import { labelsMatch, type ResolvedVirtualService } from '../../model';
import type { Route } from '../../proto';
import { configPath } from '../istio-metadata';
import { parseOutboundClusterName } from '../names';
import { perFilterConfig } from './fault-and-cors';
import { headerFields } from './header-operations';
import { directResponseAction, redirectAction } from './redirect';
import type { RouteContext } from './destination';
import { forwardAction } from './route-action';
import { isCatchAll, routeMatch } from './route-match';

/** For whom the routes of a VirtualService are made. */
export interface VirtualServiceContext extends RouteContext {
  /** The gateway (`namespace/name` or `mesh`) that requests come through. */
  readonly gateway: string;
  /** How requests come: plain, or over TLS that the proxy ends. */
  readonly scheme: 'http' | 'https';
}

/**
 * The routes of a VirtualService for one gateway and port, in the order of its rules: one per match that can apply. What
 * stands behind a rule that takes everything is never reached and left out.
 */
export function virtualServiceRoutes(
  virtualService: ResolvedVirtualService,
  context: VirtualServiceContext,
): readonly Route[] {
  const routes: Route[] = [];
  for (const rule of virtualService.http) {
    const matches: readonly (HttpMatch | undefined)[] = rule.match?.length ? rule.match : [undefined];
    for (const match of matches) {
      if (!applies(match, context)) continue;
      const route = routeOf(rule, match, virtualService, context);
      routes.push(route);
      if (match === undefined || isCatchAll(route)) return routes;
    }
  }
  return routes;
}

/** Whether a match concerns this port, gateway and proxy at all. */
function applies(match: HttpMatch | undefined, { listenPort, gateway, proxy }: VirtualServiceContext): boolean {
  if (!match) return true;
  if (match.port !== undefined && match.port !== listenPort) return false;
  if (match.gateways?.length) return match.gateways.includes(gateway);
  if (match.sourceNamespace && match.sourceNamespace !== proxy.namespace) return false;
  return labelsMatch(match.sourceLabels ?? {}, proxy.labels);
}

function routeOf(
  rule: HttpRoute,
  match: HttpMatch | undefined,
  virtualService: ResolvedVirtualService,
  context: VirtualServiceContext,
): Route {
  const action = actionOf(rule, context);
  const onlyLeg = action.route && rule.route?.length === 1 ? rule.route[0] : undefined;
  const where = routeMatch(match);
  return {
    name: (match?.name ? `${rule.name ?? ''}.${match.name}` : rule.name) || undefined,
    match: where,
    ...action,
    metadata: { filterMetadata: { istio: { config: configPath(virtualService.object) } } },
    decorator: { operation: operation(where, action, virtualService.name, context.listenPort) },
    typedPerFilterConfig: perFilterConfig(rule),
    ...headerFields(rule.headers, onlyLeg?.headers),
    statPrefix: match?.statPrefix || undefined,
  };
}

function actionOf(
  rule: HttpRoute,
  context: VirtualServiceContext,
): Pick<Route, 'route' | 'redirect' | 'directResponse'> {
  if (rule.redirect) return { redirect: redirectAction(rule.redirect, context.listenPort, context.scheme) };
  if (rule.directResponse) return { directResponse: directResponseAction(rule.directResponse) };
  return forwardAction(rule, context);
}

/** What traces call the route: the one destination, or the VirtualService, and the path. */
export function operation(
  match: Route['match'],
  { route }: Pick<Route, 'route'>,
  virtualServiceName: string,
  listenPort: number,
): string {
  const path = match?.path ?? match?.safeRegex?.regex ?? `${match?.prefix ?? ''}*`;
  const target = route?.cluster === undefined ? undefined : parseOutboundClusterName(route.cluster);
  return target ? `${target.hostname}:${target.port}${path}` : `${virtualServiceName}:${listenPort}${path}`;
}
