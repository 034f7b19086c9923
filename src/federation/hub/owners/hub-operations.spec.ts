import { accessPointKind } from '../../../accesspoint';
import { coreKinds, type KubeObject } from '../../../kube/schema';
import {
  addressPoolKind,
  FEDERATION_API_VERSION,
  type FederatedDeployment,
  federatedDeploymentKind,
  placementPolicyKind,
  rolloutApprovalKind,
  type RolloutApproval,
} from '../../api';
import { applied, conditionOf, eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

function hubObject(kind: string, name: string, spec: unknown, namespace?: string): KubeObject {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: FEDERATION_API_VERSION, kind, metadata, spec };
}

const resourceBindings: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'resourcebindings.work.karmada.io' },
  spec: {
    group: 'work.karmada.io',
    scope: 'Namespaced',
    names: { kind: 'ResourceBinding', plural: 'resourcebindings' },
    versions: [
      {
        name: 'v1alpha2',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe('a change at work', () => {
  it('waits at a gate for an approval of exactly this revision', async () => {
    await fleet.createAccessPoint('gated', {
      rollout: { inline: { stages: [{ name: 'canary', count: 1, after: [{ approval: {} }] }] } },
    });
    const waiting = await fleet.until(
      'gated',
      (seen) => seen.status?.conditions?.some(({ reason }) => reason === 'Waiting') === true,
    );
    expect(waiting.status?.conditions?.find(({ type }) => type === 'RolloutComplete')?.message).toBe(
      'stage canary: waits for approval',
    );
    expect(await fleet.bundlesOf('b', 'gated')).toEqual([]);
    const revision = waiting.status?.targetRevision;
    const word = {
      rollout: 'gated-r1',
      stage: 'canary',
      gate: 'after',
      revision,
      decision: 'Approve',
      approver: 'ann',
    };
    await fleet.client.create(
      rolloutApprovalKind,
      hubObject('RolloutApproval', 'ann-says-yes', word, 'shop') as RolloutApproval,
    );
    await fleet.complete('gated');
  });

  it('stops at a failure, names it, and goes on when the zone recovers', async () => {
    await fleet.createAccessPoint('broken');
    const first = await eventually(
      () => fleet.bundleOf('broken', 'a-apps'),
      (seen) => seen !== undefined,
    );
    const { generation } = first!.metadata;
    await fleet.report('a', first!, {
      observedGeneration: generation,
      phase: 'Failed',
      message: 'applying Service shop/broken failed: quota',
    });
    const failed = await eventually(
      () => fleet.readAccessPoint('broken'),
      (seen) => seen?.status?.conditions?.some(({ reason }) => reason === 'Failed') === true,
    );
    expect(failed?.status?.conditions?.find(({ type }) => type === 'RolloutComplete')?.message).toBe(
      'a-apps: applying Service shop/broken failed: quota',
    );
    expect(await fleet.bundlesOf('a', 'broken')).toHaveLength(1);
    const again = (await fleet.bundleOf('broken', 'a-apps'))!;
    await fleet.report('a', again, applied(again, '10.1.0.10'));
    await fleet.complete('broken');
  });

  it('drains a zone at once everywhere, and ends the drain by itself', async () => {
    await fleet.createAccessPoint('drained');
    const before = await fleet.complete('drained');
    const until = new Date(Date.now() + 4000).toISOString();
    await fleet.editAccessPoint('drained', { runtime: { drain: [{ zone: 'test/b', until }] } });
    const weights = async (): Promise<string> => {
      const bundle = await fleet.bundleOf('drained', 'a-gateway');
      const rule = bundle?.spec?.manifests.find(({ kind }) => kind === 'DestinationRule');
      return JSON.stringify(rule?.spec);
    };
    await eventually(weights, (text) => text.includes('{"from":"test/a/*","to":{"test/a/*":100}}'));
    const during = await fleet.readAccessPoint('drained');
    expect(during?.status?.targetRevision).toBe(before.status?.targetRevision);
    expect(during?.status?.drains).toEqual([{ zone: 'test/b', until }]);
    await eventually(weights, (text) => text.includes('"test/b/*":1'));
  });

  it('gives a dedicated access point an address of its own, and takes it back with it', async () => {
    const ranges = {
      zones: [
        { zone: 'test/a', ranges: ['192.0.2.10-192.0.2.11'] },
        { zone: 'test/b', ranges: ['192.0.2.20'] },
      ],
    };
    await fleet.client.create(addressPoolKind, hubObject('AddressPool', 'public', ranges));
    await fleet.createAccessPoint('own-address', { gateway: { address: { mode: 'Dedicated', pool: 'public' } } });
    await fleet.complete('own-address');
    const service = async (): Promise<unknown> => {
      const manifests = (await fleet.bundleOf('own-address', 'b-gateway'))?.spec?.manifests ?? [];
      return (manifests.find(({ kind }) => kind === 'Service')?.spec as { loadBalancerIP?: string } | undefined)
        ?.loadBalancerIP;
    };
    await eventually(service, (address) => address === '192.0.2.20');
    await fleet.client.delete(accessPointKind, 'own-address', 'shop');
    await eventually(
      async () =>
        (await fleet.client.get<KubeObject<unknown, { allocations?: unknown[] }>>(addressPoolKind, 'public'))?.status
          ?.allocations,
      (allocations) => allocations?.length === 0,
    );
  });

  it('moves with its policy: new clusters get it, those that left are withdrawn last', async () => {
    await fleet.client.create(
      placementPolicyKind,
      hubObject('PlacementPolicy', 'moving', { clusters: ['a-apps'] }) as never,
    );
    await fleet.createAccessPoint('moving', { placement: { policyRef: { name: 'moving' } } });
    await fleet.complete('moving');
    expect(await fleet.bundlesOf('b', 'moving')).toEqual([]);
    await fleet.client.patch(
      placementPolicyKind,
      'moving',
      undefined,
      { spec: { clusters: ['b-apps'] } },
      { type: 'merge' },
    );
    await fleet.until('moving', (seen) => (seen.status?.clusters ?? []).every(({ zone }) => zone === 'test/b'));
    expect(await fleet.bundlesOf('a', 'moving')).toEqual([]);
    expect(await fleet.bundlesOf('b', 'moving')).toHaveLength(2);
  });
});

describe('a federated deployment', () => {
  it('goes to the clusters that it chooses, with their overrides, and an access point follows it', async () => {
    const spec = {
      mesh: 'prod',
      template: { spec: { replicas: 3, selector: { matchLabels: { app: 'followed' } }, template: {} } },
      placement: { rules: { clusterSelector: {} } },
      overrides: [{ target: { zones: ['test/b'] }, mergePatch: { spec: { replicas: 5 } } }],
    };
    await fleet.client.create(
      federatedDeploymentKind,
      hubObject('FederatedDeployment', 'followed', spec, 'shop') as FederatedDeployment,
    );
    const replicas = async (cluster: string): Promise<unknown> => {
      await fleet.reportApplied();
      const zone = cluster.split('-')[0]!;
      const bundle = (await fleet.bundlesOf(zone)).find(
        (one) => one.spec?.owner.kind === 'FederatedDeployment' && one.spec.cluster === cluster,
      );
      const manifest = bundle?.spec?.manifests.find(({ kind }) => kind === 'Deployment');
      return (manifest?.spec as { replicas?: number } | undefined)?.replicas;
    };
    await eventually(
      () => replicas('a-apps'),
      (count) => count === 3,
    );
    await eventually(
      () => replicas('b-apps'),
      (count) => count === 5,
    );
    await fleet.createAccessPoint('followed', {
      placement: { workloadRef: { kind: 'FederatedDeployment', name: 'followed' } },
    });
    const done = await fleet.complete('followed');
    expect(done.status?.clusters?.map(({ cluster }) => cluster)).toEqual([
      'a-apps',
      'a-gateway',
      'b-apps',
      'b-gateway',
    ]);
    const read = (): Promise<FederatedDeployment | undefined> =>
      fleet.client.get<FederatedDeployment>(federatedDeploymentKind, 'followed', 'shop');
    await eventually(
      read,
      (seen) => seen?.status?.conditions?.find(({ type }) => type === 'RolloutComplete')?.status === 'True',
    );
    await fleet.client.patch(
      federatedDeploymentKind,
      'followed',
      'shop',
      { spec: { placement: { rules: { clusterSelector: null, clusters: ['b-apps'] } }, overrides: [] } },
      { type: 'merge' },
    );
    await fleet.until('followed', (seen) => (seen.status?.clusters ?? []).every(({ zone }) => zone === 'test/b'));
    await eventually(
      () => replicas('b-apps'),
      (count) => count === 3,
    );
    await eventually(
      () => replicas('a-apps'),
      (count) => count === undefined,
    );
    await fleet.client.delete(federatedDeploymentKind, 'followed', 'shop');
    await eventually(read, (seen) => seen === undefined);
    expect(await replicas('b-apps')).toBeUndefined();
    // The access point's intent is no longer complete, so it is not accepted, and what runs stays.
    const left = await eventually(
      () => fleet.readAccessPoint('followed'),
      (seen) => conditionOf(seen, 'Accepted') === 'False',
    );
    expect(left?.status?.clusters?.length).toBe(2);
    expect(await fleet.bundlesOf('b', 'followed')).toHaveLength(2);
  });
});

describe('a workload of another system', () => {
  it('is followed as soon as its kind and its object are there', async () => {
    await fleet.client.create(coreKinds.customResourceDefinition, resourceBindings);
    const binding = {
      apiVersion: 'work.karmada.io/v1alpha2',
      kind: 'ResourceBinding',
      metadata: { name: 'web-deployment', namespace: 'shop' },
      spec: { clusters: [{ name: 'b-apps' }] },
    };
    const kind = await eventually(
      () => fleet.client.kindOf(binding.apiVersion, binding.kind).catch(() => undefined),
      (found) => found !== undefined,
    );
    await fleet.client.create(kind!, binding);
    const placement = { workloadRef: { kind: 'ResourceBinding', name: 'web-deployment' } };
    await eventually(
      () =>
        fleet.createAccessPoint('web', { placement }).then(
          () => true,
          () => false,
        ),
      (created) => created,
    );
    const done = await fleet.complete('web');
    expect(done.status?.clusters?.map(({ cluster }) => cluster)).toEqual(['b-apps', 'b-gateway']);
  });
});

describe('a zone that is away', () => {
  it('keeps what it has, delays nobody, gets what it missed, and lets go of what was deleted meanwhile', async () => {
    await fleet.createAccessPoint('stays');
    await fleet.createAccessPoint('goes');
    await fleet.complete('stays');
    await fleet.complete('goes');
    await fleet.stopZone('b');
    await eventually(
      () => fleet.readAccessPoint('stays'),
      (seen) => seen?.status?.clusters?.find(({ cluster }) => cluster === 'b-apps')?.message !== undefined,
    );
    await fleet.editAccessPoint('stays', { runtime: { locality: { localPercent: 95 } } });
    await fleet.client.delete(accessPointKind, 'goes', 'shop');
    const held = await eventually(
      async () => {
        for (const bundle of await fleet.bundlesOf('a')) {
          if (bundle.status?.appliedDigest !== bundle.spec?.digest)
            await fleet.report('a', bundle, applied(bundle, '10.1.0.10'));
        }
        return fleet.readAccessPoint('stays');
      },
      (seen) => seen?.status?.conditions?.some(({ reason }) => reason === 'Held') === true,
    );
    const rows = new Map(held!.status!.clusters!.map((row) => [row.cluster, row]));
    expect(rows.get('a-gateway')?.revision).toBe(held!.status?.targetRevision);
    expect(rows.get('b-gateway')?.revision).not.toBe(held!.status?.targetRevision);
    expect(rows.get('b-apps')?.vip).toBe('10.2.0.10');
    expect(conditionOf(await fleet.readAccessPoint('goes'), 'Accepted')).toBe('True');
    await fleet.startZone('b');
    await fleet.complete('stays');
    await eventually(
      () => fleet.readAccessPoint('goes'),
      (seen) => seen === undefined,
    );
    expect(await fleet.bundlesOf('b', 'goes')).toEqual([]);
  });
});
