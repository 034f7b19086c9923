import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import type { NameServiceSpec } from '../../src/nameservice';
import { renderOffline } from '../../src/federation';
import { annotations, FEDERATION_API_VERSION } from '../../src/federation/api';
import type { KubeObject } from '../../src/kube/schema';
import { openAds } from '../../src/pilot/testing/ads-client';
import { type envoy, typeUrlOf } from '../../src/pilot/proto';
import { ZoneWorld } from '../../src/zone/testing/zone-world';
import { ZoneProgram } from '../tools/zone-program';

type ClusterLoadAssignment = envoy.config.endpoint.v3.ClusterLoadAssignment;

/** The global name. */
export const NAME = 'pay.global.example';
/** `healthCheck.intervalSeconds`, in milliseconds. */
export const INTERVAL_MS = 2_000;

/** One target in one zone: where the mesh goes, where DNS and the check go. */
export interface DyingTarget {
  readonly zone: string;
  /** App tier. */
  readonly vip: string;
  /** Web tier: what DNS tells; `/healthz` is asked here. */
  readonly gateway: string;
}

export const targets: readonly DyingTarget[] = ['east/east-2', 'north/north-1', 'west/west-1'].map((zone, place) => ({
  ...{ zone, vip: `127.0.${31 + place}.1`, gateway: `127.0.${31 + place}.2` },
}));

/** When the world was seen to be as asked, in milliseconds since the epoch. */
export interface Sighting {
  readonly atMs: number;
  readonly addresses: readonly string[];
}

/**
 * A real zone process that has a bundle and no hub: a global name over three other zones. Behind each address stand real servers. What DNS answers over
 * UDP and what xDS pushes is watched all the time, with the moment of each change.
 */
export class DyingTargetWorld {
  readonly dns: Sighting[] = [];
  readonly pushed: Sighting[] = [];
  private readonly healthServers: Server[] = [];
  private readonly sick = new Set<string>();
  private ads: ReturnType<typeof openAds> | undefined;
  private stopped = false;
  private asking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly zone: ZoneWorld,
    private readonly program: ZoneProgram,
    private readonly ports: WorldPorts,
  ) {}

  /** Starts it. The caller has servers listening on `ports.app` of every vip. */
  static async start(
    ports: WorldPorts,
    protocol: 'GRPC' | 'HTTP',
    more: readonly KubeObject[] = [],
  ): Promise<DyingTargetWorld> {
    const zone = await ZoneWorld.open();
    const program = await ZoneProgram.start('east-1-gw', zone.gatewayKubeconfig);
    const world = new DyingTargetWorld(zone, program, ports);
    for (const target of targets) world.healthServers.push(await world.serveHealth(target));
    await zone.putBundle({ name: 'pay', cluster: 'east-1-gw', manifests: [...manifestsOf(ports, protocol), ...more] });
    void world.watchPushes();
    world.asking = world.watchAnswers();
    return world;
  }

  get xdsPort(): number {
    return this.program.ports.xds;
  }

  /** Lets the health check of a target fail while it goes on serving, or succeed again. */
  makeSick({ zone }: DyingTarget, isSick = true): number {
    if (isSick) this.sick.add(zone);
    else this.sick.delete(zone);
    return Date.now();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.asking;
    this.ads?.close();
    await this.program.stop();
    for (const server of this.healthServers) {
      server.closeAllConnections();
      server.close();
    }
    await this.zone.close();
  }

  private async serveHealth({ zone, gateway }: DyingTarget): Promise<Server> {
    const server = createServer((_request, response) => response.writeHead(this.sick.has(zone) ? 503 : 200).end());
    server.listen(this.ports.health, gateway);
    await once(server, 'listening');
    return server;
  }

  /** Asks without a pause but the way there and back; each change of the answer is kept. */
  private async watchAnswers(): Promise<void> {
    const resolver = new Resolver({ timeout: 2_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${this.program.ports.dns}`]);
    while (!this.stopped) {
      const addresses = await resolver.resolve4(NAME).catch(({ code }: { code: string }) => [code]);
      keep(this.dns, addresses.sort());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** What a proxy is sent of the name's endpoints, acknowledged as proxies do; asks again while the zone still reads its clusters. */
  private async watchPushes(): Promise<void> {
    const typeUrl = typeUrlOf('envoy.config.endpoint.v3.ClusterLoadAssignment');
    const node = { id: 'sidecar~10.0.0.8~watcher.shop~shop.svc.cluster.local', metadata: { NAMESPACE: 'shop' } };
    const asked = { typeUrl, resourceNames: [`outbound|${this.ports.app}||${NAME}`] };
    while (!this.stopped) {
      const ads = openAds(this.program.ports.xds);
      this.ads = ads;
      ads.send({ node, ...asked });
      const ended = ads.ended.then(() => undefined);
      for (
        let answer = await Promise.race([ads.next(), ended]);
        answer;
        answer = await Promise.race([ads.next(), ended])
      ) {
        const { versionInfo = '', nonce = '', resources = [] } = answer;
        keep(this.pushed, resources.flatMap((resource) => addressesOf(resource as ClusterLoadAssignment)).sort());
        ads.send({ ...asked, versionInfo, responseNonce: nonce });
      }
      ads.close();
    }
  }
}

/** Ports that nobody else on this machine uses. */
export interface WorldPorts {
  readonly app: number;
  readonly health: number;
}

function manifestsOf({ app, health }: WorldPorts, protocol: 'GRPC' | 'HTTP'): readonly KubeObject[] {
  const { manifests } = renderOffline(hubObjects(app, health, protocol), Date.now());
  return manifests.filter(
    ({ metadata }) =>
      metadata.annotations?.[annotations.cluster] === 'east-1-gw' &&
      metadata.annotations[annotations.owner] === 'NameService/shop/pay',
  );
}

/** What a platform team wrote, with the facts that zones reported. */
function hubObjects(app: number, health: number, protocol: string): readonly KubeObject[] {
  const object = (kind: string, name: string, spec: object, status: object = {}): KubeObject => ({
    apiVersion: FEDERATION_API_VERSION,
    kind,
    metadata: { name, ...(kind === 'Mesh' || kind === 'MemberCluster' ? {} : { namespace: 'shop' }) },
    ...{ spec, status },
  });
  const zones = ['east/east-1', ...targets.map(({ zone }) => zone)];
  const name: Partial<NameServiceSpec> = {
    ...{ mesh: 'prod', fqdn: NAME, dnsPolicy: 'RoundRobin', targets: [{ accessPointRef: { name: 'checkout' } }] },
    healthCheck: {
      ...{ port: health, path: '/healthz', protocol: 'HTTP', intervalSeconds: INTERVAL_MS / 1000, timeoutSeconds: 1 },
      ...{ failureThreshold: 3, successThreshold: 2 },
    },
  };
  const accessPoint = {
    ...{ mesh: 'prod', hosts: ['checkout.shop.example.com'], placement: { zones: targets.map(({ zone }) => zone) } },
    ports: [{ name: 'app', number: app, protocol }],
    backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
  };
  const facts = targets.map(({ zone, vip, gateway }) => ({
    ...{ cluster: clusterOf(zone), zone, vip, gatewayAddress: gateway },
  }));
  return [
    object('Mesh', 'prod', {
      trustDomain: 'prod.example.com',
      rootNamespace: 'istio-system',
      gatewayNamespace: 'istio-prod',
    }),
    ...zones.map((zone) => {
      const [region, own] = zone.split('/');
      return object('MemberCluster', clusterOf(zone), { region, zone: own, role: 'Gateway', meshes: ['prod'] });
    }),
    object('AccessPoint', 'checkout', accessPoint, { clusters: facts }),
    object('NameService', 'pay', name),
  ];
}

function clusterOf(zone: string): string {
  return `${zone.split('/')[1] ?? ''}-gw`;
}

function addressesOf({ endpoints = [] }: ClusterLoadAssignment): readonly string[] {
  return endpoints.flatMap(({ lbEndpoints = [] }) =>
    lbEndpoints.flatMap(({ endpoint }) => endpoint?.address?.socketAddress?.address ?? []),
  );
}

function keep(sightings: Sighting[], addresses: readonly string[]): void {
  if (sightings.at(-1)?.addresses.join() !== addresses.join()) sightings.push({ atMs: Date.now(), addresses });
}

/** Waits for the first sighting after a moment that is as wanted. @returns when it was made */
export async function sighted(
  sightings: readonly Sighting[],
  afterMs: number,
  isWanted: (addresses: readonly string[]) => boolean,
): Promise<number> {
  const deadlineMs = Date.now() + 20_000;
  for (;;) {
    const found = sightings.find(({ atMs, addresses }) => atMs >= afterMs && isWanted(addresses));
    if (found !== undefined) return found.atMs;
    if (Date.now() > deadlineMs) throw new Error(`never sighted; last: ${JSON.stringify(sightings.slice(-3))}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
