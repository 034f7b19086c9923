import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Registry } from 'prom-client';
import { type CertificateAnswer, Citadel, CREATE_CERTIFICATE_PATH } from '../../citadel';
import type { Mesh } from '../../federation/api';
import type { Stop } from '../../kernel';
import { parseKubeconfig } from '../../kube';
import {
  authorizeByIdentity,
  credentialsOf,
  type GrpcMethod,
  type GrpcStatus,
  PILOT_SERVER,
  type PilotPorts,
  type PilotServer,
  type PilotServerOptions,
} from '../../pilot';
import type { ZoneAgent } from '../agent/zone-agent';
import type { ProxyStatus } from '../facts/route-configured';
import { IstioWebhook } from '../webhook/istio-webhook';
import { PrimaryModule } from './primary.module';
import { toProxyStatus } from './proxy-statuses';
import type { ZoneIdentity } from './zone-identity';
import type { ZoneSettings } from './zone-settings';

/** What a primary is made from. */
export interface PrimaryOptions {
  readonly settings: ZoneSettings;
  readonly identity: ZoneIdentity;
  readonly agent: ZoneAgent;
  readonly registry: Registry;
}

/**
 * The zone's primary for one mesh: pilot and citadel, side by side on the TLS port. It follows the Mesh copy; what the hub
 * changes there takes effect without a restart.
 */
export class Primary {
  private readonly stops: Stop[] = [];

  private constructor(
    private readonly options: PrimaryOptions,
    private readonly citadel: Citadel,
    private readonly context: INestApplicationContext,
    /** undefined when an upstream istiod serves the proxies. */
    private readonly pilot: PilotServer | undefined,
    private readonly webhook: IstioWebhook | undefined,
  ) {
    const { copies } = options.agent;
    this.stops.push(
      copies.memberClusters.onChange((name) => name === options.settings.cluster && citadel.refresh()),
      copies.meshes.onChange((name, mesh) => name === options.identity.mesh && this.onMesh(mesh)),
    );
  }

  /** Starts it and opens its ports. The TLS port follows when the hub has signed the zone's intermediate. */
  static async open(options: PrimaryOptions): Promise<Primary> {
    const citadel = createCitadel(options);
    const pilot = options.settings.primary === 'flotilla' ? pilotOptions(options, citadel) : undefined;
    const context = await NestFactory.createApplicationContext(PrimaryModule.register(citadel, pilot), {
      logger: false,
      abortOnError: false,
    });
    const server = pilot && context.get<PilotServer>(PILOT_SERVER, { strict: false });
    return new Primary(options, citadel, context, server, await openWebhook(options, citadel));
  }

  /** Open ports; undefined when an upstream istiod serves the proxies. */
  get ports(): PilotPorts | undefined {
    return this.pilot?.ports;
  }

  async close(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    await this.webhook?.close();
    await this.context.close();
  }

  /** The connected proxies, for the agent. */
  proxies(): readonly ProxyStatus[] {
    return (this.pilot?.proxies() ?? []).map(toProxyStatus);
  }

  loadSharesOf(hostname: string): ReadonlyMap<string, number> | undefined {
    return this.pilot?.loadSharesOf(hostname);
  }

  onProxiesChange(listener: () => void): Stop {
    return this.pilot?.onProxiesChange(listener) ?? (() => undefined);
  }

  /** A copy that disappears changes nothing: the last settings go on. */
  private onMesh(mesh: Mesh | undefined): void {
    if (mesh?.spec === undefined) return;
    this.pilot?.reconfigure(mesh.spec);
    this.citadel.configure(mesh.spec);
  }
}

function openWebhook({ settings, identity }: PrimaryOptions, citadel: Citadel): Promise<IstioWebhook> | undefined {
  const { webhook, client, clock, logger } = settings;
  if (webhook === undefined) return undefined;
  return IstioWebhook.listen({
    ...{ address: webhook, client, clock, logger, mesh: identity.mesh },
    certificate: () => citadel.serverCertificate,
    onCertificateChange: (listener) => citadel.onServerCertificate(listener),
  });
}

function createCitadel({ settings, identity, agent, registry }: PrimaryOptions): Citadel {
  const { zone, mesh, meshSpec } = identity;
  return new Citadel({
    ...settings,
    ...{
      zone,
      mesh,
      meshSpec,
      registry,
      ipAddresses: [...new Set([settings.tlsXds, settings.webhook ?? ''].flatMap(ipOf))],
    },
    writeCacerts: settings.primary === 'istiod',
    memberCluster: () => agent.copies.memberClusters.get(settings.cluster),
    clientOf: (name) => (name === undefined ? agent.clusters.gateway : agent.clusters.get(name))?.client,
  });
}

function pilotOptions({ settings, identity, registry }: PrimaryOptions, citadel: Citadel): PilotServerOptions {
  const { client, random, clock, logger, xds, tlsXds, debug, cluster } = settings;
  return {
    ...{ client, random, clock, logger, registry, mesh: identity.meshSpec },
    connect: (name, kubeconfig) =>
      client.forCluster({ ...parseKubeconfig(kubeconfig, undefined, { untrusted: true }), cluster: name }),
    identifier: `flotilla/${cluster}/${identity.mesh}`,
    listen: {
      ...{ xds, debug },
      tls: {
        address: tlsXds,
        certificate: () => citadel.serverCertificate,
        onCertificateChange: (listener) => citadel.onServerCertificate(listener),
        authorize: authorizeByIdentity((caller) => citadel.identify(caller)),
        methods: new Map([[CREATE_CERTIFICATE_PATH, createCertificate(citadel)]]),
      },
    },
  };
}

function createCertificate(citadel: Citadel): GrpcMethod {
  return {
    kind: 'unary',
    handle: async (request, call) => toGrpc(await citadel.createCertificate(request, credentialsOf(call))),
  };
}

function toGrpc(answer: CertificateAnswer): Uint8Array | GrpcStatus {
  if (answer.kind === 'issued') return answer.response;
  return { code: answer.grpcStatus, message: answer.message };
}

/** The host of `host:port`, if it is an address. */
function ipOf(listen: string): readonly string[] {
  const host = listen.slice(0, listen.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return /^[0-9.]+$|:/.test(host) ? [host] : [];
}
