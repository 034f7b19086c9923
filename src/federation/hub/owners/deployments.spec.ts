import { coreKinds } from '../../../kube/schema';
import { type FederatedDeployment, federatedDeploymentKind } from '../../api';
import { hubObject } from '../testing/hub-object';
import { conditionOf, eventually, TestFleet } from '../testing/test-fleet';
import { definitionOf, resourceBinding } from '../testing/workload-kinds';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

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
    await fleet.client.create(coreKinds.customResourceDefinition, definitionOf(resourceBinding));
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
