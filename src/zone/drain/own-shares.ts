import { annotations } from '../../federation/api';
import type { DestinationRule } from '../../istio';
import { canonicalJson } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { zoneOfPattern } from '../facts/bundle-members';

/** Pattern of a whole zone (Istio `localityLbSetting.distribute[].to`) → percent. */
export type PatternShares = Readonly<Record<string, number>>;

/** Whether a manifest may say how clients are spread. */
export function isRule(manifest: KubeObject): manifest is DestinationRule {
  return manifest.kind === 'DestinationRule';
}

/** The rule with other shares for the clients of one zone; the same object when it says nothing about shares. */
export function withOwnShares(
  rule: DestinationRule,
  zone: string,
  change: (to: PatternShares) => PatternShares,
): DestinationRule {
  const { spec } = rule;
  const loadBalancer = spec?.trafficPolicy?.loadBalancer;
  const setting = loadBalancer?.localityLbSetting;
  if (spec === undefined || setting?.distribute === undefined) return rule;
  const distribute = setting.distribute.map((entry) =>
    entry.from !== undefined && zoneOfPattern(entry.from) === zone ? { ...entry, to: change(entry.to ?? {}) } : entry,
  );
  const localityLbSetting = { ...setting, distribute };
  return {
    ...rule,
    spec: { ...spec, trafficPolicy: { ...spec.trafficPolicy, loadBalancer: { ...loadBalancer, localityLbSetting } } },
  };
}

/** Zones that take over for the clients of one zone, nearest first. Without a readable order there is none, and weights stay as they are. */
export function failoverOrderOf({ metadata }: DestinationRule, zone: string): readonly string[] {
  const order = orderByZone(metadata.annotations?.[annotations.failoverOrder])[zone];
  return Array.isArray(order) ? order.filter((entry) => typeof entry === 'string') : [];
}

/** The rule with another order for the clients of one zone; an empty one is left out. */
export function withFailoverOrder(rule: DestinationRule, zone: string, order: readonly string[]): DestinationRule {
  const { [annotations.failoverOrder]: text, ...others } = rule.metadata.annotations ?? {};
  const { [zone]: _former, ...orders } = orderByZone(text);
  const next = order.length === 0 ? orders : { ...orders, [zone]: order };
  const annotation = Object.keys(next).length === 0 ? {} : { [annotations.failoverOrder]: canonicalJson(next) };
  return { ...rule, metadata: { ...rule.metadata, annotations: { ...others, ...annotation } } };
}

function orderByZone(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // a person's slip in the annotation must not keep the bundle from being applied
  }
}
