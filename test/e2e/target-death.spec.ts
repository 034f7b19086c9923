import type { Server } from '@grpc/grpc-js';
import { DyingTargetWorld, INTERVAL_MS, NAME, sighted, type DyingTarget, targets } from '../fleet/dying-target';
import { serveWho } from '../tools/who-server';
import { type Answers, XdsGrpcCaller } from '../tools/xds-grpc-caller';

const PORTS = { app: 20_000 + (process.pid % 10_000), health: 30_000 + (process.pid % 10_000) };
/** A busy machine's second, on top of what is promised. */
const BUSY_MS = 1_000;
const [, victim] = targets as readonly [DyingTarget, DyingTarget, DyingTarget];

jest.setTimeout(120_000);

describe('the death of a target, of which only its zones know', () => {
  let world: DyingTargetWorld;
  let caller: XdsGrpcCaller;
  const servers = new Map<string, Server>();
  /** Vip → when a call last reached it. */
  const reached = new Map<string, number>();
  /** When a call last failed. */
  let failedMs = 0;
  let calling: Promise<void>;
  let rounds = 0;
  let stopped = false;

  async function serve(vip: string): Promise<void> {
    const address = `${vip}:${PORTS.app}`;
    servers.set(vip, await serveWho(vip, [address], () => reached.set(vip, Date.now())));
  }

  /** Calls without an end: each round begins when the last one has ended. */
  async function call(): Promise<void> {
    while (!stopped) {
      const answers: Answers = await caller.call(`xds:///${NAME}:${PORTS.app}`, 30);
      if (Object.keys(answers).some((answer) => answer.startsWith('error'))) failedMs = Date.now();
      rounds += 1;
    }
  }

  /** Waits until so many whole rounds of calls were made from now on. */
  async function someRounds(count = 5): Promise<void> {
    const wanted = rounds + 1 + count;
    while (rounds < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  beforeAll(async () => {
    for (const { vip } of targets) await serve(vip);
    world = await DyingTargetWorld.start(PORTS, 'GRPC');
    await sighted(world.dns, 0, (addresses) => addresses.length === targets.length);
    await sighted(world.pushed, 0, (addresses) => addresses.length === targets.length);
    const id = 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local';
    caller = new XdsGrpcCaller(world.xdsPort, { id, region: 'east', zone: 'east-1' });
    calling = call();
    await someRounds();
    expect([...reached.keys()].sort()).toEqual(targets.map(({ vip }) => vip));
  });

  afterAll(async () => {
    stopped = true;
    await calling;
    await caller?.stop();
    await world?.stop();
    for (const server of servers.values()) server.forceShutdown();
  });

  const without =
    ({ vip, gateway }: DyingTarget) =>
    (addresses: readonly string[]) =>
      addresses.length === targets.length - 1 && !addresses.includes(vip) && !addresses.includes(gateway);
  const whole = (addresses: readonly string[]) => addresses.length === targets.length;

  /** When the answers, and then the mesh, were first so after a moment. */
  async function follow(fromMs: number, isWanted: (addresses: readonly string[]) => boolean): Promise<number> {
    const dnsMs = await sighted(world.dns, fromMs, isWanted);
    const pushedMs = await sighted(world.pushed, fromMs, isWanted);
    expect(dnsMs - fromMs).toBeLessThanOrEqual(INTERVAL_MS + BUSY_MS);
    expect(pushedMs - dnsMs).toBeLessThanOrEqual(1_000);
    return dnsMs;
  }

  /** Waits until a call reaches a target again. @returns when the first one did */
  async function reachedAgain({ vip }: DyingTarget, fromMs: number): Promise<number> {
    reached.delete(vip);
    for (;;) {
      const atMs = reached.get(vip) ?? 0;
      if (atMs >= fromMs) return atMs;
      await someRounds(1);
    }
  }

  it('whose check fails while it still serves: the mesh follows DNS within the same second, and loses no call', async () => {
    const dnsMs = await follow(world.makeSick(victim), without(victim));
    await someRounds();
    const lastMs = reached.get(victim.vip) ?? 0;
    expect(lastMs - dnsMs).toBeLessThanOrEqual(1_000);
    await someRounds(20);
    expect(reached.get(victim.vip)).toBe(lastMs);
    const backMs = await follow(world.makeSick(victim, false), whole);
    expect((await reachedAgain(victim, backMs)) - backMs).toBeLessThanOrEqual(1_000);
    expect(failedMs).toBe(0);
  });

  it('whose listener is gone: DNS within one check interval, the mesh within the same second', async () => {
    const diedMs = Date.now();
    servers.get(victim.vip)?.forceShutdown();
    const dnsMs = await follow(diedMs, without(victim));
    await someRounds(20);
    // What was under way when it died is lost, and what went there before the mesh knew; nothing later.
    expect(failedMs - dnsMs).toBeLessThanOrEqual(1_000);
    const backMs = Date.now();
    await serve(victim.vip);
    const toldMs = await follow(backMs, whole);
    expect((await reachedAgain(victim, toldMs)) - toldMs).toBeLessThanOrEqual(1_000);
  });
});
