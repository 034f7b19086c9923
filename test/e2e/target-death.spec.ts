import type { Server } from '@grpc/grpc-js';
import { type DyingTarget, DyingTargetWorld, NAME, sighted, targets } from '../fleet/dying-target';
import { follow, Reached, TOGETHER_MS, whole, without } from '../fleet/follow-death';
import { serveWho } from '../tools/who-server';
import { type Answers, XdsGrpcCaller } from '../tools/xds-grpc-caller';

const PORTS = { app: 20_000 + (process.pid % 10_000), health: 30_000 + (process.pid % 10_000) };
const [, victim] = targets as readonly [DyingTarget, DyingTarget, DyingTarget];

jest.setTimeout(120_000);

describe('the death of a target, of which only its zones know', () => {
  let world: DyingTargetWorld;
  let caller: XdsGrpcCaller;
  const servers = new Map<string, Server>();
  const reached = new Reached((count) => someRounds(count));
  /** When a call last failed. */
  let failedMs = 0;
  let calling: Promise<void>;
  let rounds = 0;
  let stopped = false;

  async function serve(vip: string): Promise<void> {
    const address = `${vip}:${PORTS.app}`;
    servers.set(vip, await serveWho(vip, [address], () => reached.note(vip)));
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
    await sighted(world.dns, 0, whole);
    await sighted(world.pushed, 0, whole);
    const id = 'sidecar~10.0.0.9~client.shop~shop.svc.cluster.local';
    caller = new XdsGrpcCaller(world.xdsPort, { id, region: 'east', zone: 'east-1' });
    calling = call();
    await someRounds();
    expect(reached.vips()).toEqual(targets.map(({ vip }) => vip));
  });

  afterAll(async () => {
    stopped = true;
    await calling;
    await caller?.stop();
    await world?.stop();
    for (const server of servers.values()) server.forceShutdown();
  });

  it('whose check fails while it still serves: the mesh follows DNS within the same second, and loses no call', async () => {
    const dnsMs = await follow(world, world.makeSick(victim), without(victim));
    await someRounds();
    const lastMs = reached.last(victim);
    expect(lastMs - dnsMs).toBeLessThanOrEqual(TOGETHER_MS);
    await someRounds(20);
    expect(reached.last(victim)).toBe(lastMs);
    const backMs = await follow(world, world.makeSick(victim, false), whole);
    expect((await reached.again(victim, backMs)) - backMs).toBeLessThanOrEqual(TOGETHER_MS);
    expect(failedMs).toBe(0);
  });

  it('whose listener is gone: DNS within one check interval, the mesh within the same second', async () => {
    const diedMs = Date.now();
    servers.get(victim.vip)?.forceShutdown();
    const dnsMs = await follow(world, diedMs, without(victim));
    await someRounds(20);
    // What was under way when it died is lost, and what went there before the mesh knew; nothing later.
    expect(failedMs - dnsMs).toBeLessThanOrEqual(TOGETHER_MS);
    const backMs = Date.now();
    await serve(victim.vip);
    const toldMs = await follow(world, backMs, whole);
    expect((await reached.again(victim, toldMs)) - toldMs).toBeLessThanOrEqual(TOGETHER_MS);
  });
});
