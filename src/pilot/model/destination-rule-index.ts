import { annotations, declaredRates, type DeclaredRates } from '../../federation/api';
import type { DestinationRule, Subset, TrafficPolicy } from '../../istio';
import { labelsMatch } from './endpoint';
import { type FailoverOrder, failoverOrderOf } from './failover-order';
import { mostSpecificMatch, resolveShortName } from './host-name';
import type { MeshSettings } from './mesh-settings';
import { byCreation } from './object-order';
import type { Proxy } from './proxy';
import type { MeshService } from './service';
import { isVisibleIn, parseExportTo, type Visibility } from './visibility';

/** The rules of one host in one namespace, merged: subsets are joined, the oldest top-level policy wins. */
export interface MergedDestinationRule {
  /** The oldest of the objects; its name stands in the clusters' metadata. */
  readonly object: DestinationRule;
  readonly host: string;
  readonly visibility: Visibility;
  readonly trafficPolicy?: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
  readonly workloadSelector?: Readonly<Record<string, string>> | undefined;
  /** Where localities without a share go, instead of being dropped. */
  readonly failoverOrder?: FailoverOrder | undefined;
  /** Whether zones hand over what they are not ready for: on rules of our own only, since Istio knows nothing of the kind. */
  readonly handsOver: boolean;
  /** What zones declare they can take over. */
  readonly rates?: DeclaredRates | undefined;
}

/** DestinationRules by namespace and host. */
export interface DestinationRuleIndex {
  /**
   * The rule that a proxy applies to a service: of its own namespace (unless that is the root namespace), then of the
   * service's, then of the root namespace; of the latter two only exported ones. Within a namespace the narrowest host wins.
   */
  readonly find: (
    proxy: Pick<Proxy, 'namespace' | 'labels'>,
    service: MeshService,
  ) => MergedDestinationRule | undefined;
}

type RulesByHost = Map<string, MergedDestinationRule[]>;

/** Builds the index from the objects as people wrote them. */
export function indexDestinationRules(
  objects: readonly DestinationRule[],
  settings: MeshSettings,
): DestinationRuleIndex {
  const byNamespace = new Map<string, RulesByHost>();
  for (const object of [...objects].sort(byCreation)) addRule(byNamespace, ruleOf(object, settings));
  const lookUp = (
    namespace: string,
    { hostname }: MeshService,
    accepts: (rule: MergedDestinationRule) => boolean,
  ): MergedDestinationRule | undefined => {
    const rules = byNamespace.get(namespace);
    return rules ? mostSpecificMatch(rules, hostname)?.find(accepts) : undefined;
  };
  const root = settings.rootNamespace;
  return {
    find: ({ namespace, labels }, service) => {
      const selects = ({ workloadSelector }: MergedDestinationRule): boolean =>
        !workloadSelector || labelsMatch(workloadSelector, labels);
      const exported = (rule: MergedDestinationRule): boolean =>
        !rule.workloadSelector && isVisibleIn(rule.visibility, namespace);
      return (
        lookUp(namespace, service, selects) ??
        lookUp(service.namespace, service, exported) ??
        lookUp(root, service, exported)
      );
    },
  };
}

function ruleOf(object: DestinationRule, settings: MeshSettings): MergedDestinationRule {
  const { namespace = '' } = object.metadata;
  const { host = '', trafficPolicy, subsets = [], exportTo, workloadSelector } = object.spec ?? {};
  const selector = workloadSelector?.matchLabels;
  return {
    object,
    host: resolveShortName(host, namespace, settings.clusterDomain),
    visibility: parseExportTo(selector ? ['.'] : (exportTo ?? settings.defaultExportTo.destinationRule), namespace),
    trafficPolicy,
    subsets,
    workloadSelector: selector,
    ...ownTraitsOf(object),
  };
}

/** What our own annotations say. */
function ownTraitsOf(object: DestinationRule): Pick<MergedDestinationRule, 'failoverOrder' | 'handsOver' | 'rates'> {
  const failoverOrder = failoverOrderOf(object);
  const rates = declaredRates(object);
  const isOurs = object.metadata.annotations?.[annotations.owner] !== undefined;
  return {
    failoverOrder,
    handsOver: isOurs || failoverOrder !== undefined,
    ...(typeof rates === 'object' ? { rates } : {}),
  };
}

function addRule(byNamespace: Map<string, RulesByHost>, rule: MergedDestinationRule): void {
  const namespace = rule.object.metadata.namespace ?? '';
  const byHost = byNamespace.get(namespace) ?? new Map<string, MergedDestinationRule[]>();
  byNamespace.set(namespace, byHost);
  const rules = byHost.get(rule.host) ?? [];
  // Rules with a workload selector come before those without: they are the narrower ones.
  const same = rules.findIndex(
    ({ workloadSelector }) => JSON.stringify(workloadSelector) === JSON.stringify(rule.workloadSelector),
  );
  const merged =
    same < 0 ? [...rules, rule] : rules.map((known, index) => (index === same ? join(known, rule) : known));
  byHost.set(
    rule.host,
    merged.sort((left, right) => Number(!left.workloadSelector) - Number(!right.workloadSelector)),
  );
}

function join(older: MergedDestinationRule, newer: MergedDestinationRule): MergedDestinationRule {
  const names = new Set(older.subsets.map(({ name }) => name));
  const { trafficPolicy, failoverOrder, handsOver, rates } = older.trafficPolicy ? older : newer;
  return {
    ...older,
    ...{ trafficPolicy, failoverOrder, handsOver, rates },
    subsets: [...older.subsets, ...newer.subsets.filter(({ name }) => !names.has(name))],
  };
}
