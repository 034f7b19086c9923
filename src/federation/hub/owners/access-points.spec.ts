import { accessPointKind } from '../../../accesspoint';
import type { KubeObject } from '../../../kube/schema';
import { addressPoolKind, placementPolicyKind, rolloutApprovalKind, type RolloutApproval } from '../../api';
import { hubObject } from '../testing/hub-object';
import { applied, eventually, TestFleet } from '../testing/test-fleet';

jest.setTimeout(90_000);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start();
});

afterAll(() => fleet.stop());

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
