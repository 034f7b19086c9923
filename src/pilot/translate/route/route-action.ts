import type { Destination, HttpRoute, HttpRouteDestination } from '../../../istio';
import type { Proxy } from '../../model';
import type { envoy, Route, RouteAction } from '../../proto';
import { durationOf } from '../proto-duration';
import { type RouteContext, type RouteTarget, routeTarget } from './destination';
import { fractionOf } from './fault-and-cors';
import { hashPolicyOf } from './hash-policy';
import { authorityOf, headerFields } from './header-operations';
import { retryPolicy } from './retry-policy';

type MirrorPolicy = envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
type WeightedCluster = envoy.config.route.v3.WeightedCluster.ClusterWeight;

interface Leg {
  readonly leg: HttpRouteDestination;
  readonly at: RouteTarget;
}

/** Forwards requests to the destinations of a rule. */
export function forwardAction(rule: HttpRoute, context: RouteContext): Pick<Route, 'route'> {
  const legs = (rule.route ?? []).map((leg): Leg => ({ leg, at: targetIn(context, leg.destination) }));
  const single = legs.length === 1 ? legs[0] : undefined;
  const served = single ? [single] : legs.filter(({ leg }) => (leg.weight ?? 0) > 0);
  const hashPolicy = served.map(({ at }) => hashPolicyOf(at.target)).filter((policy) => policy !== undefined);
  const timeout = durationOf(rule.timeout) ?? '0s';
  return {
    route: {
      ...(single ? { cluster: single.at.cluster } : { weightedClusters: { clusters: served.map(weightedCluster) } }),
      ...rewriteFields(rule, single?.leg),
      timeout,
      retryPolicy: retryPolicy(rule.retries, single !== undefined && hashPolicy.length > 0),
      requestMirrorPolicies: mirrorPolicies(rule, context),
      hashPolicy: hashPolicy.length > 0 ? hashPolicy : undefined,
      // gRPC clients' own deadlines hold only within the route's timeout; maxStreamDuration is the newer, unequal field.
      ...timeoutFields(context.proxy, timeout),
    },
  };
}

function timeoutFields({ generator }: Proxy, timeout: string): Partial<RouteAction> {
  return generator === 'grpc' ? { maxStreamDuration: { maxStreamDuration: timeout } } : { maxGrpcTimeout: timeout };
}

function targetIn(context: RouteContext, destination: Destination): RouteTarget {
  return routeTarget(context, destination, context.proxy.type === 'sidecar');
}

function weightedCluster({ leg, at }: Leg): WeightedCluster {
  return {
    name: at.cluster,
    weight: leg.weight,
    ...headerFields(leg.headers),
    hostRewriteLiteral: authorityOf(leg.headers),
  };
}

/** The rule's own rewrite wins over a host header that it sets, and that over one that its only destination sets. */
function rewriteFields({ rewrite, headers }: HttpRoute, only: HttpRouteDestination | undefined): Partial<RouteAction> {
  const regex = rewrite?.uriRegexRewrite;
  return {
    prefixRewrite: regex ? undefined : rewrite?.uri || undefined,
    regexRewrite: regex && { pattern: { regex: regex.match }, substitution: regex.rewrite },
    hostRewriteLiteral: (rewrite?.authority || authorityOf(headers)) ?? authorityOf(only?.headers),
  };
}

function mirrorPolicies(rule: HttpRoute, context: RouteContext): readonly MirrorPolicy[] | undefined {
  const { mirror, mirrorPercentage, mirrorPercent, mirrors = [] } = rule;
  const all = [
    ...(mirror
      ? [{ destination: mirror, percent: mirrorPercentage ? (mirrorPercentage.value ?? 0) : mirrorPercent }]
      : []),
    ...mirrors.map(({ destination, percentage }) => ({
      destination,
      percent: percentage ? (percentage.value ?? 0) : undefined,
    })),
  ].filter(({ percent }) => percent === undefined || percent > 0);
  if (all.length === 0) return undefined;
  return all.map(({ destination, percent }) => ({
    cluster: targetIn(context, destination).cluster,
    runtimeFraction: { defaultValue: percent === undefined ? { numerator: 100 } : fractionOf(percent) },
    traceSampled: false,
    disableShadowHostSuffixAppend: true,
  }));
}
