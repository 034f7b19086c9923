import { type AccessPoint, accessPointKind, type Claimant } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import type { Informer } from '../../../kube';
import { namespacedName } from '../../../kube/schema';
import { type Acceptance, claimantOf, ClaimIndex, judgeAccessPoint, withConflicts } from '../../acceptance';
import { decideAccessPoint } from '../../access-point';
import { addressesOf, addressOwner } from '../../addresses';
import type { AddressAllocation, AddressPool, FederatedDeployment, MemberCluster } from '../../api';
import { deploymentClusters, placementPart } from '../../placement';
import { ownerKey, ownerOf } from '../../release';
import { lastPlacement } from '../../revision';
import { strategyOf } from '../../rollout';
import { BY_OWNER, type HubCaches } from '../caches';
import type { Looks } from '../controller';
import { JudgementCache } from './judgement-cache';
import type { OwnerDecision, ReleasedKind, ReleaseState } from './released-kind';
import { RenderCache } from './render-cache';

/** AccessPoints as owners: who claims what, and what is remembered between two looks. All rules are in `judgeAccessPoint` and `decideAccessPoint`. */
export class ReleasedAccessPoints implements ReleasedKind<AccessPoint> {
  readonly name = 'access points';
  readonly kind = 'AccessPoint';
  readonly definition = accessPointKind;
  readonly objects: Informer<AccessPoint>;
  private readonly claims = new ClaimIndex();
  private readonly judgements = new JudgementCache();
  private readonly renderings = new RenderCache();

  constructor(private readonly caches: HubCaches) {
    this.objects = caches.accessPoints;
  }

  follow(looks: Looks): void {
    const { meshes, clusters, policies, deployments, pools, rolloutPolicies, workloads } = this.caches;
    meshes.onChange((_key, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.onLookups(looks);
    });
    clusters.onChange((_key, current, previous) => {
      if (!jsonEqual(placementPart(current), placementPart(previous))) this.onLookups(looks);
      else if (!jsonEqual(unlabelledGateways(current), unlabelledGateways(previous))) looks.atAll();
    });
    policies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.onLookups(looks);
    });
    deployments.onChange((_key, current, previous) => {
      if (!jsonEqual(placementOf(current), placementOf(previous))) this.onLookups(looks);
    });
    pools.onChange((_key, current, previous) => this.onPool(looks, current, previous));
    rolloutPolicies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.onLookups(looks);
    });
    workloads.onChange(() => this.onLookups(looks));
  }

  /** Another access point may hold, or have given up, what this one claims: those look again as well. */
  concernedBy(key: string): Iterable<string> {
    return [key, ...this.claims.update(key, this.claimantOf(key))];
  }

  decide(accessPoint: AccessPoint, state: ReleaseState): OwnerDecision<AccessPoint> {
    const lookups = this.caches.lookups();
    const { findings, accepted } = this.judge(accessPoint, lastPlacement(state.revisions));
    return decideAccessPoint({
      ...state,
      accessPoint,
      errors: findings.filter(({ severity }) => severity === 'error'),
      warnings: findings.filter(({ severity }) => severity === 'warning'),
      accepted,
      clusters: lookups.clusters,
      strategy: strategyOf(accessPoint.spec, lookups.rolloutPolicies),
      remembered: this.renderings.begin(ownerKey(ownerOf(this.kind, accessPoint))),
      addresses: addressesOf(addressOwner(accessPoint), lookups.pools),
    });
  }

  /** Times of observation alone are no news worth a write. */
  sameStatus(left: AccessPoint['status'], right: AccessPoint['status']): boolean {
    return jsonEqual(withoutTimes(left), withoutTimes(right));
  }

  forget(key: string): void {
    this.judgements.forget(key);
    this.renderings.forget(`${this.kind}/${key}`);
  }

  /** What access points are judged against has changed, and with it who may claim what. */
  private onLookups(looks: Looks): void {
    this.judgements.lookupsChanged();
    looks.atAllSoon();
  }

  /** Whether a pool is there decides what is accepted; what it gives concerns only those it gives to or takes from. */
  private onPool(looks: Looks, current: AddressPool | undefined, previous: AddressPool | undefined): void {
    if ((current === undefined) !== (previous === undefined)) this.onLookups(looks);
    for (const owner of movedOwners(previous?.status?.allocations ?? [], current?.status?.allocations ?? []))
      looks.at(owner.replace(`${this.kind}/`, ''));
  }

  private judge(accessPoint: AccessPoint, previous: ReadonlySet<string>): Acceptance {
    const lookups = this.caches.lookups();
    const key = namespacedName(accessPoint);
    const candidate = { wanted: accessPoint.spec, released: [], ...this.claims.get(key), accessPoint };
    const alone = this.judgements.judge(accessPoint, previous, (trial) =>
      judgeAccessPoint(accessPoint, lookups, previous, trial),
    );
    return withConflicts(alone, candidate, this.claims.rivalsOf(key));
  }

  private claimantOf(key: string): Claimant | undefined {
    const accessPoint = this.objects.get(key);
    if (accessPoint === undefined) return undefined;
    const revisions = this.caches.revisions.byIndex(BY_OWNER, ownerKey(ownerOf(this.kind, accessPoint)));
    return claimantOf(accessPoint, this.caches.lookups(), revisions);
  }
}

/** The part of a FederatedDeployment that those who follow it look at. */
function placementOf(deployment: FederatedDeployment | undefined): unknown {
  return deployment === undefined ? undefined : [deployment.spec, deploymentClusters(deployment)];
}

/** The one fact of a MemberCluster that rendering looks at (R6). */
function unlabelledGateways(member: MemberCluster | undefined): readonly string[] {
  return member?.status?.facts?.gatewaysWithoutLocality ?? [];
}

/** Owners whose addresses differ between two states of a pool. */
function movedOwners(before: readonly AddressAllocation[], after: readonly AddressAllocation[]): Set<string> {
  const textsOf = (list: readonly AddressAllocation[]): Map<string, string> =>
    new Map(list.map(({ owner, zone, address }) => [`${owner} ${zone} ${address}`, owner]));
  const [old, now] = [textsOf(before), textsOf(after)];
  const gone = [...old].filter(([text]) => !now.has(text));
  const come = [...now].filter(([text]) => !old.has(text));
  return new Set([...gone, ...come].map(([, owner]) => owner));
}

function withoutTimes(status: AccessPoint['status']): unknown {
  return { ...status, clusters: status?.clusters?.map(({ observedAt: _observedAt, ...row }) => row) };
}
