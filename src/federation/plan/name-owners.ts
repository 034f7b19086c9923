import { geographyOf, type NameLookups, type NameService, ownedNames, targetFactsOf } from '../../nameservice';
import { judgeName, type NameSnapshot, renderName } from '../names';
import type { HubObjects } from '../offline';
import { ownerKey, ownerOf } from '../release';
import { newestSnapshot, revisionDigest } from '../revision';
import { strategyOf } from '../rollout';
import { type OwnerHistory, releasedOf } from './owner-history';
import type { OwnerState, PlannedRevision } from './owner-state';

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Every NameService of a set of hub objects as a plan looks at it: with the addresses that are known, and all members taken to be healthy. A
 * target that leaves is shown as gone at once, though it leaves the mesh a TTL after the DNS.
 */
export function nameOwners(hub: HubObjects, history: OwnerHistory, nowMs: number): readonly OwnerState[] {
  const { nameServices, accessPoints, clusters, meshes } = hub;
  if (nameServices.length === 0) return [];
  const lookups: NameLookups = { owned: ownedNames(nameServices), accessPoints, clusters, meshes };
  return nameServices.map((service) => ownerState(service, lookups, { hub, history, nowMs }));
}

interface Surroundings {
  readonly hub: HubObjects;
  readonly history: OwnerHistory;
  readonly nowMs: number;
}

function ownerState(service: NameService, lookups: NameLookups, { hub, history, nowMs }: Surroundings): OwnerState {
  const owner = ownerOf('NameService', service);
  const key = ownerKey(owner);
  const revisions = history.get(key) ?? [];
  const { accepted, findings } = judgeName(service, lookups);
  const target = targetOf(accepted, newestSnapshot<NameSnapshot>(revisions));
  const facts = targetFactsOf(lookups.accessPoints, lookups.clusters);
  const geography = geographyOf(lookups.clusters);
  const placed = target?.snapshot.clusters ?? [];
  const sent = placed.length === 0 ? 0 : 1 / placed.length;
  return {
    key,
    namespace: owner.namespace,
    target,
    released: releasedOf(target, service.status?.clusters ?? [], revisions),
    facts: [facts, geography],
    // Revisions of names hold what names freeze.
    render: ({ snapshot, digest }, cluster) =>
      renderName({
        ...{ owner, snapshot: snapshot as NameSnapshot, revision: digest, cluster, facts, geography, nowMs },
        unhealthy: NOBODY,
        present: undefined,
      }).manifests,
    findings,
    strategy: strategyOf(service.spec, hub.rolloutPolicies),
    hosts: service.spec === undefined ? [] : [service.spec.fqdn],
    vips: [],
    traffic: { basis: 'even', exposures: placed.map(({ name, zone }) => ({ cluster: name, zone, sent, served: 0 })) },
  };
}

function targetOf(accepted: NameSnapshot | undefined, last: NameSnapshot | undefined): PlannedRevision | undefined {
  const snapshot = accepted ?? last;
  return snapshot === undefined ? undefined : { snapshot, digest: revisionDigest(snapshot) };
}
