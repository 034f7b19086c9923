import { annotations, type Manifest } from '../../federation/api';
import { canonicalJson } from '../../kernel';
import type { LocalityShares } from '../weights';
import { exportToOf } from './export-to';
import { serviceHosts } from './hosts';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { membersOf, poolLocalityOf, sharesOf } from './members';
import { hostRuleName, primaryName } from './names';
import type { RenderContext } from './render-context';

/** With less than all of a zone ejectable, failover to the next one never starts (R10). */
const MAX_EJECTION_PERCENT = 100;

/** One DestinationRule per service host, all with the same shares: a rule holds one host only. */
export function renderDestinationRules(context: RenderContext): Manifest[] {
  const name = context.accessPoint.metadata.name;
  const shares = sharesOf(context);
  return serviceHosts(context).map((host, index) =>
    manifest(context, {
      apiVersion: ISTIO_NETWORKING,
      kind: 'DestinationRule',
      name: index === 0 ? primaryName(name) : hostRuleName(name, host),
      annotations: { ...failoverAnnotation(shares), ...drainAnnotations(context), ...rateAnnotations(context) },
      spec: { host, trafficPolicy: trafficPolicyOf(context, shares), exportTo: exportToOf(context, 'destinationRule') },
    }),
  );
}

function trafficPolicyOf({ spec }: RenderContext, shares: readonly LocalityShares[]): unknown {
  return {
    outlierDetection: { ...spec.runtime.outlierDetection, maxEjectionPercent: MAX_EJECTION_PERCENT },
    loadBalancer: { localityLbSetting: { distribute: shares.map(distributeOf) } },
  };
}

/** Whole zones only, each named once: patterns that overlap are resolved in random order by istiod (R1, R16). */
function distributeOf({ from, to }: LocalityShares): unknown {
  return {
    from: `${from}/*`,
    to: Object.fromEntries([...to].map(([zone, percent]) => [`${zone}/*`, percent])),
  };
}

/** Tells a reader of the rule, and the zone, that its shares are for a while, and what comes then. */
function drainAnnotations(context: RenderContext): Record<string, string> {
  const { drains = {} } = context.facts;
  if (Object.keys(drains).length === 0) return {};
  const pool = poolLocalityOf(context, membersOf(context));
  return { [annotations.drains]: canonicalJson(drains), [annotations.poolLocality]: canonicalJson(pool) };
}

/** What the zones' pilots need to hand over within what others can take. */
function rateAnnotations({ facts: { rates } }: RenderContext): Record<string, string> {
  if (rates === undefined) return {};
  return { [annotations.capacity]: canonicalJson(rates.capacity), [annotations.demand]: canonicalJson(rates.demand) };
}

function failoverAnnotation(shares: readonly LocalityShares[]): Record<string, string> {
  const order = shares.filter((share) => share.failover.length > 0).map((share) => [share.from, share.failover]);
  return order.length === 0 ? {} : { [annotations.failoverOrder]: canonicalJson(Object.fromEntries(order)) };
}
