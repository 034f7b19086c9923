import { rmSync } from 'node:fs';
import { type AccessPoint, accessPointKind } from '../../src/accesspoint';
import {
  FEDERATION_API_VERSION,
  federatedDeploymentKind,
  type MemberCluster,
  memberClusterKind,
  type PlacementPolicy,
  placementPolicyKind,
  type RolloutPolicy,
  rolloutPolicyKind,
} from '../../src/federation/api';
import type { KubeObject } from '../../src/kube/schema';
import { type NameService, nameServiceKind } from '../../src/nameservice';
import { eventually } from '../fleet/test-fleet';
import { ChartFleet } from './chart-fleet';
import type { ChartClusters } from './chart-clusters';
import { grantsOf, usesOf } from './role-usage';

/** Patient: several servers share a busy machine. */
function seen<T>(question: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  return eventually(question, satisfies, 60_000);
}

const accounts = [
  ['hub', 'flotilla-hub'],
  ['gateway', 'flotilla-hub-access'],
  ['gateway', 'flotilla-zone'],
  ['apps', 'flotilla-zone-access'],
] as const;

/** What this fleet has no occasion for, and what for it is. */
const seldomUsed: readonly (readonly [RegExp, string])[] = [
  [/^create /, 'asked for by the server when an apply makes an object; the log names the apply'],
  [/^(get|patch|delete|watch) (services|secrets|configmaps|deployments|dnsendpoints)\b/, 'bundles of every owner'],
  [/^(get|patch|delete) [a-z]+\.networking\.istio\.io$/, 'bundles of every owner'],
  [/^get namespaces$/, 'a namespace that is not known yet'],
  [/^update addresspools\/status/, 'AddressPools'],
  [/^watch (resourcebindings|placementdecisions)\b/, 'workloads of Karmada and OCM'],
  [/^delete (revisions|rollouts)\b/, 'more revisions than are kept'],
  [/^delete memberclusters\b/, 'a member that leaves'],
  [/^patch workloadentries\/status\b/, 'health of remote members'],
  [/^update secrets$/, 'certificates that are renewed'],
];

/** The rights that the chart gives are those that hub and zone need, on any API server. `audited`: the clusters keep audit logs. */
export function describeChart(name: string, startClusters: () => Promise<ChartClusters>, audited = false): void {
  describe(`the rights of the chart on ${name}`, () => {
    let clusters: ChartClusters;
    let fleet: ChartFleet;

    beforeAll(async () => {
      clusters = await startClusters();
      fleet = new ChartFleet(clusters);
      await fleet.start();
    }, 180_000);

    afterAll(async () => {
      await fleet.stop();
      for (const { kubectl } of Object.values(fleet.releases)) rmSync(kubectl.folder, { recursive: true });
      await clusters.stop();
    }, 60_000);

    const applied = (owner: string): Promise<unknown> =>
      seen(
        () => fleet.bundlesOf(owner),
        (bundles) => bundles.length === 2 && bundles.every(({ status }) => status?.phase === 'Applied'),
      );

    it('are enough for an access point: from the hub into both clusters, and out again', async () => {
      await fleet.createAccessPoint('checkout');
      await applied('checkout');
      await seen(
        () => fleet.admins.hub.get<MemberCluster>(memberClusterKind, 'east-gateway'),
        (member) => member?.status?.conditions?.find(({ type }) => type === 'IdentityTrusted')?.status === 'True',
      );
      await fleet.admins.hub.delete(accessPointKind, 'checkout', 'shop');
      await seen(
        () => fleet.admins.hub.get(accessPointKind, 'checkout', 'shop'),
        (found) => found === undefined,
      );
      expect(await fleet.bundlesOf('checkout')).toEqual([]);
    }, 90_000);

    it('are enough for a global name', async () => {
      await fleet.createAccessPoint('named');
      await applied('named');
      const object: KubeObject = {
        ...{ apiVersion: FEDERATION_API_VERSION, kind: 'NameService', metadata: { name: 'global', namespace: 'shop' } },
        spec: {
          mesh: 'prod',
          fqdn: 'named.global.example',
          ttlSeconds: 2,
          targets: [{ accessPointRef: { name: 'named' } }],
        },
      };
      await fleet.admins.hub.create(nameServiceKind, object as NameService);
      await seen(
        () => fleet.bundlesOf('global'),
        (bundles) => bundles.length > 0 && bundles.every(({ status }) => status?.phase === 'Applied'),
      );
      for (const [kind, owner] of [
        [nameServiceKind, 'global'],
        [accessPointKind, 'named'],
      ] as const) {
        await fleet.admins.hub.delete(kind, owner, 'shop');
        await seen(
          () => fleet.admins.hub.get(kind, owner, 'shop'),
          (found) => found === undefined,
        );
      }
    }, 90_000);

    it('are enough for a deployment that is spread over the fleet', async () => {
      const pod = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
      const object: KubeObject = {
        apiVersion: 'federation.flotilla.dev/v1alpha1',
        kind: 'FederatedDeployment',
        metadata: { name: 'web', namespace: 'shop' },
        spec: {
          mesh: 'prod',
          template: { spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: pod } },
          placement: { rules: { zones: ['east/one'] } },
        },
      };
      await fleet.admins.hub.create(federatedDeploymentKind, object as never);
      const deployment = await fleet.admins.apps.kindOf('apps/v1', 'Deployment');
      await seen(
        () => fleet.admins.apps.get(deployment, 'web', 'shop'),
        (found) => found !== undefined,
      );
    }, 90_000);

    it('are enough to tell what policies choose', async () => {
      for (const [kind, spec] of [
        [placementPolicyKind, { clusterSelector: {} }],
        [rolloutPolicyKind, { stages: [{ name: 'canary', count: 1 }] }],
      ] as const) {
        const object: KubeObject = {
          apiVersion: FEDERATION_API_VERSION,
          kind: kind.kind,
          metadata: { name: 'all' },
          spec,
        };
        await fleet.admins.hub.create<KubeObject>(kind, object);
        await seen(
          () => fleet.admins.hub.get<PlacementPolicy | RolloutPolicy>(kind, 'all'),
          (found) =>
            found?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
        );
      }
    }, 90_000);

    it('are never too few', async () => {
      expect(await fleet.refusals('hub')).toEqual([]);
      expect(await fleet.refusals('zone')).toEqual([]);
    });

    it('show where they are missing: a zone that may not write routes says so up to the hub', async () => {
      const giveBack = await fleet.withdraw('clusterrole', 'flotilla-zone', 'virtualservices', ['create', 'patch']);
      await fleet.createAccessPoint('refused');
      const forbidden = /forbidden: User "system:serviceaccount:flotilla-system:flotilla-zone" cannot/;
      const bundles = await seen(
        () => fleet.bundlesOf('refused'),
        (found) => found.some(({ status }) => status?.phase === 'Failed'),
      );
      expect(bundles.find(({ status }) => status?.phase === 'Failed')?.status?.message).toMatch(forbidden);
      expect((await fleet.refusals('zone')).join()).toMatch(/code="403"/);
      await seen(
        () => fleet.admins.hub.get<AccessPoint>(accessPointKind, 'refused', 'shop'),
        (found) => found?.status?.clusters?.some(({ message }) => forbidden.test(message ?? '')) === true,
      );
      await giveBack();
      await applied('refused');
    }, 90_000);

    it('show where they are missing: a gateway cluster that the hub may not read is held, with the reason', async () => {
      const giveBack = await fleet.withdraw('role', 'flotilla-hub-access', 'bundles', ['list', 'watch']);
      await fleet.renewHubCredentials();
      const reachable = async () =>
        (await fleet.admins.hub.get<MemberCluster>(memberClusterKind, 'east-gateway'))?.status?.conditions?.find(
          ({ type }) => type === 'Reachable',
        );
      await seen(reachable, (seen) => seen?.status === 'False' && /bundles.*forbidden/s.test(seen.message));
      await giveBack();
      await seen(reachable, (seen) => seen?.status === 'True');
    }, 90_000);

    // Only servers that keep an audit log can tell what was used.
    if (!audited) return;
    it('are never more than are used, as far as this fleet uses them', async () => {
      const { auditLogs } = clusters;
      if (auditLogs === undefined) throw new Error('these clusters keep no audit logs');
      await fleet.stopProcesses();
      const unused = await Promise.all(
        accounts.map(async ([cluster, account]) => {
          const granted = await grantsOf(fleet.releases[cluster].kubectl, account);
          const used = await usesOf(auditLogs[cluster], account);
          const isExplained = (grant: string): boolean => seldomUsed.some(([pattern]) => pattern.test(grant));
          return granted.filter((grant) => !used.has(grant) && !isExplained(grant)).map((grant) => [account, grant]);
        }),
      );
      expect(unused.flat()).toEqual([]);
    });
  });
}
