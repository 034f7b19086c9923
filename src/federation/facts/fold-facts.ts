import type { AccessPoint, AccessPointFacts } from '../../accesspoint';
import type { KubeObject } from '../../kube/schema';
import { type BundleStatus, declaredRates, type MemberCluster } from '../api';
import type { Drain } from './active-drains';

/** What the hub knows of one access point in one cluster, with the time it was seen. */
export interface ClusterFact {
  readonly vip?: string;
  readonly fqdn?: string;
  readonly gatewayAddress?: string;
  readonly certificate?: NonNullable<BundleStatus['certificate']>;
  readonly members?: NonNullable<BundleStatus['members']>;
  readonly readyEndpoints?: number;
  readonly observedAt?: string;
}

/** Cluster name → fact. */
export type ClusterFacts = Readonly<Record<string, ClusterFact>>;

/** The facts that the hub itself wrote down: what it starts from when a zone cannot be reached. */
export function rememberedFacts(status: AccessPoint['status']): ClusterFacts {
  const entries = (status?.clusters ?? []).map(
    ({ cluster, vip, fqdn, gatewayAddress, certificate, members, readyEndpoints, observedAt }) => [
      cluster,
      present({ vip, fqdn, gatewayAddress, certificate, members, readyEndpoints, observedAt }),
    ],
  );
  return Object.fromEntries(entries) as ClusterFacts;
}

/**
 * Adds what a zone reports now to what is known. A field that is absent from the report keeps its last value: missing news
 * never deletes a fact. Only a new value replaces an old one, and an older report never replaces a newer one.
 */
export function foldFact(known: ClusterFact | undefined, report: BundleStatus | undefined): ClusterFact {
  if (report === undefined) return known ?? {};
  if (known?.observedAt !== undefined && report.observedAt !== undefined && report.observedAt < known.observedAt)
    return known;
  const { vip, fqdn, gatewayAddress, certificate, members, readyEndpoints, observedAt } = report;
  return { ...known, ...present({ vip, fqdn, gatewayAddress, certificate, members, readyEndpoints, observedAt }) };
}

/** Folds the reports of all clusters of one access point. */
export function foldFacts(known: ClusterFacts, reports: ReadonlyMap<string, BundleStatus | undefined>): ClusterFacts {
  const folded: Record<string, ClusterFact> = { ...known };
  for (const [cluster, report] of reports) folded[cluster] = foldFact(known[cluster], report);
  return folded;
}

/** What is known beside the reports of the zones. */
export interface HubFacts {
  readonly clusters: readonly MemberCluster[];
  /** Drains that are in force. */
  readonly drains?: readonly Drain[];
  /** Zone → addresses that the access point was given from a pool. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  /** The access point, whose annotations may declare capacity and demand. */
  readonly declaredBy?: Pick<KubeObject, 'metadata'>;
}

/** The part of all facts that rendering depends on. */
export function renderFacts(
  facts: ClusterFacts,
  { clusters, drains = [], addresses = {}, declaredBy }: HubFacts,
): AccessPointFacts {
  const vips = Object.entries(facts).flatMap(([cluster, { vip }]) =>
    vip === undefined ? [] : [[cluster, vip] as const],
  );
  const unlabelled = clusters.flatMap(({ metadata, status }) => {
    const gateways = status?.facts?.gatewaysWithoutLocality ?? [];
    return gateways.length === 0 ? [] : [[metadata.name, gateways] as const];
  });
  const rates = declaredBy && declaredRates(declaredBy);
  return {
    vips: Object.fromEntries(vips),
    gatewaysWithoutLocality: Object.fromEntries(unlabelled),
    drains: Object.fromEntries(drains.map(({ zone, until }) => [zone, until])),
    addresses,
    ...(typeof rates === 'object' ? { rates } : {}),
  };
}

function present(fields: Record<string, unknown>): ClusterFact {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
