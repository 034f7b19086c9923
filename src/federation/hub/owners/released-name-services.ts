import type { AccessPoint } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import type { Informer } from '../../../kube';
import { namespacedName } from '../../../kube/schema';
import {
  geographyOf,
  type NameLookups,
  type NameService,
  nameServiceKind,
  ownedNames,
  targetFactsOf,
} from '../../../nameservice';
import type { MemberCluster } from '../../api';
import { decideName, judgeName, withdrawName } from '../../names';
import type { ZoneView } from '../../release';
import { strategyOf } from '../../rollout';
import type { HubCaches } from '../caches';
import type { Looks } from '../controller';
import type { OwnerDecision, ReleasedKind, ReleaseState, Withdrawal } from './released-kind';

/** NameServices as owners. All rules are in `judgeName`, `decideName` and `withdrawName`. */
export class ReleasedNameServices implements ReleasedKind<NameService> {
  readonly name = 'name services';
  readonly kind = 'NameService';
  readonly definition = nameServiceKind;
  readonly objects: Informer<NameService>;
  private owned: ReadonlyMap<string, NameService> | undefined;

  constructor(private readonly caches: HubCaches) {
    this.objects = caches.nameServices;
  }

  follow(looks: Looks): void {
    const { accessPoints, meshes, clusters, rolloutPolicies } = this.caches;
    accessPoints.onChange((_key, current, previous) => {
      const news = !jsonEqual(current?.spec, previous?.spec) || !jsonEqual(addressPart(current), addressPart(previous));
      if (news) looks.atAllSoon();
    });
    meshes.onChange(() => looks.atAllSoon());
    rolloutPolicies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) looks.atAllSoon();
    });
    clusters.onChange((_key, current, previous) => {
      if (!jsonEqual(gatewayPart(current), gatewayPart(previous))) looks.atAllSoon();
    });
  }

  /** A name may have been given up, or taken from another: then all look again. */
  concernedBy(key: string, current: NameService | undefined, previous: NameService | undefined): Iterable<string> {
    if (current === previous) return [key];
    this.owned = undefined;
    if (jsonEqual(claimOf(current), claimOf(previous))) return [key];
    return new Set([...this.objects.list().map(namespacedName), key]);
  }

  decide(service: NameService, state: ReleaseState): OwnerDecision<NameService> {
    const lookups = this.lookups();
    const { clusters, accessPoints } = lookups;
    return decideName({
      ...state,
      ...judgeName(service, lookups),
      service,
      facts: targetFactsOf(accessPoints, clusters),
      geography: geographyOf(clusters),
      clusters,
      strategy: strategyOf(service.spec, this.caches.rolloutPolicies.list()),
    });
  }

  /** First the zones stop telling the name; a TTL later their bundles go, and once all confirmed that, the object. */
  withdraw(service: NameService, zones: ReadonlyMap<string, ZoneView>, epoch: number): Withdrawal {
    return withdrawName(service, zones, epoch);
  }

  private lookups(): NameLookups {
    const { nameServices, accessPoints, clusters, meshes } = this.caches;
    this.owned ??= ownedNames(nameServices.list());
    return { owned: this.owned, accessPoints: accessPoints.list(), clusters: clusters.list(), meshes: meshes.list() };
  }
}

/** What a name has, and would give up. */
function claimOf(service: NameService | undefined): unknown {
  const { spec, status, metadata } = service ?? {};
  return [spec?.fqdn, spec?.targets, status?.fqdn, metadata?.deletionTimestamp];
}

/** What names take from an access point's status. */
function addressPart(accessPoint: AccessPoint | undefined): unknown {
  const rows = accessPoint?.status?.clusters ?? [];
  return [rows.map(({ cluster, vip, gatewayAddress }) => [cluster, vip, gatewayAddress]), accessPoint?.status?.drains];
}

/** What names take from a MemberCluster. */
function gatewayPart(member: MemberCluster | undefined): unknown {
  return [member?.spec, member?.status?.facts?.gatewayAddresses];
}
