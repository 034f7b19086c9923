import { accessPointKind } from '../../accesspoint';
import { chainProblems, createKey, createSigningRequest } from '../../citadel';
import type { KubeObject } from '../../kube/schema';
import { type MemberCluster, memberClusterKind, meshKind, type Rollout, rolloutKind } from '../api';
import { conditionOf, eventually, TestFleet } from './testing/test-fleet';

jest.setTimeout(60_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

describe('the hub', () => {
  it('copies the mesh and the members of a zone into its gateway cluster, without credentials', async () => {
    const copies = await eventually(
      async () => (await fleet.clientOf('a').list<MemberCluster>(memberClusterKind)).items,
      (items) => items.length === 2,
    );
    expect(copies.map(({ metadata }) => metadata.name).sort()).toEqual(['a-apps', 'a-gateway']);
    expect(copies.every(({ spec }) => spec?.credentialsSecretRef === undefined)).toBe(true);
    await eventually(
      () => fleet.clientOf('a').get(meshKind, 'prod'),
      (mesh) => mesh !== undefined,
    );
  });

  it('signs the intermediate that a zone asks for, once', async () => {
    const keyPem = await createKey('EcdsaP256');
    const request = await createSigningRequest({ keyPem, zone: 'test/a', mesh: 'prod', trustDomain: 'prod.example' });
    const read = (): Promise<MemberCluster | undefined> =>
      fleet.clientOf('a').get<MemberCluster>(memberClusterKind, 'a-gateway');
    const copy = await eventually(read, (seen) => seen !== undefined);
    await fleet.clientOf('a').replaceStatus(memberClusterKind, {
      ...copy!,
      status: { ...copy!.status, certificateRequests: { prod: request } },
    });
    const signed = await eventually(read, (seen) => seen?.spec?.certificateChains?.prod !== undefined);
    const chain = signed!.spec!.certificateChains!.prod!;
    expect(chainProblems(chain, Date.now())).toEqual([]);
    const mesh = await fleet.client.get<KubeObject<unknown, { rootCertificate: string }>>(meshKind, 'prod');
    expect(chain).toContain(mesh!.status!.rootCertificate.trim());
    await eventually(
      () => fleet.client.get<MemberCluster>(memberClusterKind, 'a-gateway'),
      (seen) => conditionOf(seen, 'IdentityTrusted') === 'True',
    );
    expect((await read())!.spec!.certificateChains!.prod).toBe(chain);
  });

  it('releases an access point cluster by cluster and ends with all conditions true', async () => {
    await fleet.createAccessPoint('checkout');
    await eventually(
      () => fleet.bundlesOf('a'),
      (bundles) => bundles.length === 1,
    );
    // Nothing else moves before the first cluster has reported.
    expect((await fleet.bundlesOf('b')).length).toBe(0);
    const done = await fleet.complete('checkout');
    const states = Object.fromEntries((done.status?.conditions ?? []).map(({ type, status }) => [type, status]));
    expect(states).toEqual({
      Accepted: 'True',
      Linted: 'True',
      Placed: 'True',
      AddressAssigned: 'True',
      CertificateInstalled: 'True',
      RouteConfigured: 'True',
      Available: 'True',
      RolloutComplete: 'True',
    });
    expect(done.status?.currentRevision).toBe(done.status?.targetRevision);
    expect(done.status?.clusters?.map(({ cluster, readyEndpoints }) => [cluster, readyEndpoints])).toEqual([
      ['a-apps', undefined],
      ['a-gateway', 2],
      ['b-apps', undefined],
      ['b-gateway', 2],
    ]);
    const rollout = await eventually(
      () => fleet.client.get<Rollout>(rolloutKind, 'checkout-r1', 'shop'),
      (seen) => seen?.status?.phase === 'Complete',
    );
    expect(rollout?.status?.clusters?.map(({ cluster: name, state }) => [name, state])).toEqual([
      ['a-apps', 'Done'],
      ['a-gateway', 'Done'],
      ['b-apps', 'Done'],
      ['b-gateway', 'Done'],
    ]);
    const gateway = await fleet.bundleOf('checkout', 'a-gateway');
    const entries = gateway?.spec?.manifests.filter(({ kind }) => kind === 'WorkloadEntry') as KubeObject<{
      address: string;
    }>[];
    expect(entries.map(({ spec }) => spec?.address)).toEqual(['10.2.0.10']);
  });

  it('rewrites nothing when it restarts', async () => {
    await fleet.complete('checkout');
    const versions = async (): Promise<unknown> => [
      ...(await fleet.bundlesOf('a')).map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
      ...(await fleet.bundlesOf('b')).map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
      (await fleet.readAccessPoint('checkout'))?.metadata.resourceVersion,
      (await fleet.client.get(rolloutKind, 'checkout-r1', 'shop'))?.metadata.resourceVersion,
      ...(await fleet.clientOf('a').list(memberClusterKind)).items.map(({ metadata }) => metadata.resourceVersion),
    ];
    const before = await versions();
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.createAccessPoint('after-restart');
    await fleet.complete('after-restart');
    expect((await versions()) as unknown[]).toEqual(expect.arrayContaining(before as unknown[]));
  });

  it('moves an intent change cluster by cluster, and a fact change at once', async () => {
    const before = await fleet.complete('checkout');
    await fleet.editAccessPoint('checkout', { runtime: { locality: { localPercent: 90 } } });
    const changed = await eventually(
      () => fleet.readAccessPoint('checkout'),
      (seen) => seen?.status?.targetRevision !== before.status?.targetRevision,
    );
    const released = (changed?.status?.clusters ?? []).filter(
      ({ revision }) => revision === changed?.status?.targetRevision,
    );
    expect(released.map(({ cluster: name }) => name)).toEqual(['a-apps']);
    // The address of zone b changes while b still runs the old revision: a's gateway hears of it at its own old revision.
    const bundle = (await fleet.bundleOf('checkout', 'b-apps'))!;
    await fleet.report('b', bundle, { ...bundle.status, vip: '10.2.0.99' });
    const gateway = await eventually(
      () => fleet.bundleOf('checkout', 'a-gateway'),
      (seen) => JSON.stringify(seen?.spec?.manifests).includes('10.2.0.99'),
    );
    expect(gateway?.spec?.revision).toBe(before.status?.targetRevision);
    const done = await fleet.complete('checkout');
    expect(done.status?.currentRevision).toBe(changed?.status?.targetRevision);
  });

  it('refuses bad access points at the API, naming the field, and changes nothing', async () => {
    const before = await fleet.client.list(accessPointKind, { namespace: 'shop' });
    const attempt = (spec: Record<string, unknown>): Promise<unknown> => fleet.createAccessPoint('bad', spec);
    await expect(attempt({ mesh: 'prd' })).rejects.toThrow(/spec\.mesh.*there is no mesh "prd"/s);
    await expect(attempt({ placement: { zones: ['test/z'] } })).rejects.toThrow(/spec\.placement\.zones\[0\]/);
    await expect(attempt({ runtime: { locality: { localPercent: 101 } } })).rejects.toThrow(
      /spec\.runtime\.locality\.localPercent/,
    );
    const after = await fleet.client.list(accessPointKind, { namespace: 'shop' });
    expect(after.items.length).toBe(before.items.length);
  });

  it('tells the loser of a conflict who won, and lets it take over when the winner goes', async () => {
    await fleet.complete('checkout');
    await fleet.createAccessPoint('rival', { hosts: ['checkout.shop.example.com'] });
    const loser = await eventually(
      () => fleet.readAccessPoint('rival'),
      (seen) => conditionOf(seen, 'Accepted') === 'False',
    );
    expect(loser?.status?.conditions?.find(({ type }) => type === 'Accepted')?.message).toMatch(
      /spec\.hosts\[0\].*shop\/checkout/,
    );
    expect(await fleet.bundlesOf('a', 'rival')).toEqual([]);
    await fleet.client.delete(accessPointKind, 'checkout', 'shop');
    await eventually(
      () => fleet.readAccessPoint('checkout'),
      (seen) => seen === undefined,
    );
    expect(await fleet.bundlesOf('a', 'checkout')).toEqual([]);
    await fleet.complete('rival');
  });
});
