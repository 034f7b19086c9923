import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Rollout, type RolloutApproval, rolloutApprovalKind, rolloutKind } from '../federation/api';
import { eventually, TestFleet } from '../federation/hub/testing/test-fleet';
import { run as approve } from './commands/approve-command';
import { run as drain } from './commands/drain-command';
import { run as rollout } from './commands/rollout-command';
import { run as undrain } from './commands/undrain-command';

jest.setTimeout(60_000);

let fleet: TestFleet;
let folder: string;
let kubeconfig: string;

beforeAll(async () => {
  fleet = await TestFleet.start();
  folder = mkdtempSync(join(tmpdir(), 'flotilla-rollout-'));
  kubeconfig = join(folder, 'hub.yaml');
  writeFileSync(kubeconfig, fleet.hubCluster.server.kubeconfig());
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await fleet.stop();
});

async function printed(command: () => Promise<void>): Promise<string> {
  const parts: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((part) => parts.push(String(part)) > 0);
  try {
    await command();
  } finally {
    write.mockRestore();
  }
  return parts.join('');
}

/** Plays the zones until the rollout is as wanted. */
function until(name: string, check: (status: Rollout['status']) => boolean): Promise<Rollout | undefined> {
  return eventually(
    async () => {
      await fleet.reportApplied();
      return fleet.client.get<Rollout>(rolloutKind, name, 'shop');
    },
    (seen) => seen !== undefined && check(seen.status),
  );
}

const gated = { rollout: { inline: { stages: [{ name: 'canary', count: 2, after: [{ approval: {} }] }] } } };

describe('steering a rollout from the command line', () => {
  it('shows where it waits, takes an approval under the name of the caller, and goes on', async () => {
    await fleet.createAccessPoint('checkout', gated);
    await until('checkout-r1', (status) => status?.phase === 'Waiting');
    const steer = (verb: string): Promise<string> =>
      printed(() => rollout({ arguments: [verb, 'shop/checkout'], kubeconfig }));
    expect(await steer('status')).toMatch(
      /^Rollout shop\/checkout {2}revision 1 {2}Waiting\n[\s\S]*Next: approve · reject/,
    );
    await steer('pause');
    expect((await fleet.client.get<Rollout>(rolloutKind, 'checkout-r1', 'shop'))?.spec?.paused).toBe(true);
    await steer('resume');
    const text = await printed(() => approve({ arguments: ['shop/checkout'], kubeconfig, reason: 'looks good' }));
    const { items } = await fleet.client.list<RolloutApproval>(rolloutApprovalKind, { namespace: 'shop' });
    expect(items.map(({ spec }) => [spec?.stage, spec?.gate, spec?.decision, spec?.reason])).toEqual([
      ['canary', 'after', 'Approve', 'looks good'],
    ]);
    expect(text).toContain(`Approve by ${items[0]!.spec!.approver}`);
    await until('checkout-r1', (status) => status?.phase === 'Complete');
    await expect(steer('pause')).rejects.toThrow(/it is Complete/);
    await expect(printed(() => approve({ arguments: ['shop/checkout'], kubeconfig }))).rejects.toThrow(
      /waits at no gate/,
    );
  });

  it('promotes past a gate, and says so when there is no rollout or no such verb', async () => {
    await fleet.createAccessPoint('search', gated);
    await until('search-r1', (status) => status?.phase === 'Waiting');
    await printed(() => rollout({ arguments: ['promote', 'shop/search'], kubeconfig }));
    await until('search-r1', (status) => status?.phase === 'Complete');
    await expect(rollout({ arguments: ['status', 'shop/nothing'], kubeconfig })).rejects.toThrow(/has no rollout/);
    await expect(rollout({ arguments: ['hurry', 'shop/search'], kubeconfig })).rejects.toThrow(/no verb "hurry"/);
  });
});

it('drains a zone for a while and takes it back, each zone once', async () => {
  await fleet.createAccessPoint('cart');
  const zones = async (): Promise<unknown> =>
    (await fleet.readAccessPoint('cart'))?.spec?.runtime.drain.map(({ zone, reason }) => [zone, reason]);
  const target = 'shop/cart';
  await printed(() => drain({ arguments: ['test/a', target], kubeconfig }));
  const text = await printed(() => drain({ arguments: ['test/a', target], kubeconfig, for: '10m', reason: 'power' }));
  expect(text).toContain('Undo it: flotilla undrain test/a shop/cart');
  await printed(() => drain({ arguments: ['test/b', target], kubeconfig }));
  expect(await zones()).toEqual([
    ['test/a', 'power'],
    ['test/b', undefined],
  ]);
  await printed(() => undrain({ arguments: ['test/a', target], kubeconfig }));
  expect(await zones()).toEqual([['test/b', undefined]]);
  await expect(drain({ arguments: ['nowhere', target], kubeconfig })).rejects.toThrow(/zone "nowhere"/);
  await until('cart-r1', (status) => status?.phase === 'Complete');
  await expect(drain({ arguments: ['test/z', target], kubeconfig })).rejects.toMatchObject({
    code: 'FLO3074',
    hint: expect.stringMatching(/^it is in test\/a/) as unknown,
  });
  await expect(undrain({ arguments: ['test/a', 'shop/none'], kubeconfig })).rejects.toThrow(
    /no access point shop\/none/,
  );
});
