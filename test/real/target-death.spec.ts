import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { KubeObject } from '../../src/kube/schema';
import { type DyingTarget, DyingTargetWorld, NAME, sighted, targets } from '../fleet/dying-target';
import { follow, Reached, TOGETHER_MS, whole, without } from '../fleet/follow-death';
import { EnvoyProgram, freePort } from '../tools/envoy-program';
import { realPart } from './real-parts';

const PORTS = { app: 20_000 + (process.pid % 10_000), health: 30_000 + (process.pid % 10_000) };
const AT_ONCE = 6;
const [, victim] = targets as readonly [DyingTarget, DyingTarget, DyingTarget];

jest.setTimeout(120_000);

/** A gateway that leads to the name, and plain text behind it: nobody here serves certificates. */
function gatewayObjects(port: number): readonly KubeObject[] {
  const istio = (group: string, kind: string, namespace: string, spec: object): KubeObject => ({
    apiVersion: `${group}.istio.io/v1`,
    kind,
    metadata: { name: 'pay-door', namespace },
    spec,
  });
  return [
    istio('security', 'PeerAuthentication', 'shop', { mtls: { mode: 'DISABLE' } }),
    istio('networking', 'Gateway', 'istio-prod', {
      selector: { app: 'door' },
      servers: [{ port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    }),
    istio('networking', 'VirtualService', 'istio-prod', {
      ...{ hosts: [NAME], gateways: ['pay-door'] },
      http: [{ route: [{ destination: { host: NAME, port: { number: PORTS.app } } }] }],
    }),
  ];
}

describe('the death of a target behind a real Envoy', () => {
  let world: DyingTargetWorld;
  let envoy: EnvoyProgram;
  let port: number;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const servers = new Map<string, Server>();
  const reached = new Reached((count) => someRounds(count));
  /** When a request last failed. */
  let failedMs = 0;
  /** When a connection was last refused, and how many were. */
  let refusedMs = 0;
  let refused = 0;
  let rounds = 0;
  let stopped = false;
  const working: Promise<void>[] = [];

  async function serve(vip: string): Promise<void> {
    const server = createServer((_request, response) => {
      reached.note(vip);
      response.end(vip);
    });
    servers.set(vip, server);
    server.listen(PORTS.app, vip);
    await once(server, 'listening');
  }

  function ask(): Promise<number> {
    return new Promise((resolve) => {
      const call = request({ host: '127.0.0.1', port, agent, headers: { host: NAME } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      call.on('error', () => resolve(0)).end();
    });
  }

  async function askOnAndOn(): Promise<void> {
    while (!stopped) {
      if ((await ask()) !== 200) failedMs = Date.now();
      rounds += 1;
    }
  }

  /** Notices each connection that Envoy did not get. */
  async function watchRefusals(): Promise<void> {
    while (!stopped) {
      const now = await envoy.statistics(/upstream_cx_connect_fail$/);
      if (now !== refused) [refused, refusedMs] = [now, Date.now()];
    }
  }

  async function someRounds(count = 60): Promise<void> {
    const wanted = rounds + AT_ONCE + count;
    while (rounds < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  beforeAll(async () => {
    port = await freePort();
    for (const { vip } of targets) await serve(vip);
    world = await DyingTargetWorld.start(PORTS, 'HTTP', gatewayObjects(port));
    await sighted(world.dns, 0, whole);
    const node = {
      id: 'router~127.0.0.1~door-1.istio-prod~istio-prod.svc.cluster.local',
      metadata: { NAMESPACE: 'istio-prod', LABELS: { app: 'door' }, CLUSTER_ID: 'east-1-gw' },
      locality: { region: 'east', zone: 'east-1' },
    };
    await sighted(world.pushed, 0, whole);
    envoy = await EnvoyProgram.start(realPart('envoy'), node, world.xdsPort);
    const deadlineMs = Date.now() + 20_000;
    while ((await ask()) !== 200) {
      if (Date.now() > deadlineMs) throw new Error('Envoy never answered');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    working.push(...Array.from({ length: AT_ONCE }, askOnAndOn), watchRefusals());
    await someRounds();
    expect(reached.vips()).toEqual(targets.map(({ vip }) => vip));
  });

  afterAll(async () => {
    stopped = true;
    await Promise.all(working);
    agent.destroy();
    await envoy?.stop();
    await world?.stop();
    for (const server of servers.values()) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('whose check fails while it still serves: Envoy follows DNS within the same second, and loses no request', async () => {
    const dnsMs = await follow(world, world.makeSick(victim), without(victim));
    await someRounds();
    const lastMs = reached.last(victim);
    expect(lastMs - dnsMs).toBeLessThanOrEqual(TOGETHER_MS);
    await someRounds(600);
    expect(reached.last(victim)).toBe(lastMs);
    const backMs = await follow(world, world.makeSick(victim, false), whole);
    expect((await reached.again(victim, backMs)) - backMs).toBeLessThanOrEqual(TOGETHER_MS);
    expect(failedMs).toBe(0);
  });

  it('whose listener is gone: DNS within one check interval, and Envoy tries it no more within the same second', async () => {
    const diedMs = Date.now();
    servers.get(victim.vip)?.close();
    servers.get(victim.vip)?.closeAllConnections();
    const dnsMs = await follow(world, diedMs, without(victim));
    await someRounds(600);
    expect(refusedMs).toBeGreaterThanOrEqual(diedMs);
    expect(refusedMs - dnsMs).toBeLessThanOrEqual(TOGETHER_MS);
    expect(failedMs - dnsMs).toBeLessThanOrEqual(TOGETHER_MS);
    const backMs = Date.now();
    await serve(victim.vip);
    const toldMs = await follow(world, backMs, whole);
    expect((await reached.again(victim, toldMs)) - toldMs).toBeLessThanOrEqual(TOGETHER_MS);
  });
});
