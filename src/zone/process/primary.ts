import type { Registry } from 'prom-client';
import {
  type CertificateAnswer,
  ClusterTokenVerifier,
  CertificateService,
  CitadelMetrics,
  CREATE_CERTIFICATE_PATH,
  MeshCitadel,
  ServerCertificateKeeper,
  type TokenVerifier,
} from '../../citadel';
import type { Mesh } from '../../federation/api';
import type { Stop } from '../../kernel';
import {
  authorizeByIdentity,
  credentialsOf,
  type GrpcMethod,
  type GrpcStatus,
  type PilotPorts,
  PilotServer,
} from '../../pilot';
import type { TargetCluster } from '../agent/target-cluster';
import type { ZoneAgent } from '../agent/zone-agent';
import type { ProxyStatus } from '../facts/route-configured';
import { toProxyStatus } from './proxy-statuses';
import type { ZoneIdentity } from './zone-identity';
import type { ZoneSettings } from './zone-settings';

const HOUR_MS = 60 * 60 * 1000;

/**
 * The zone's primary for one mesh: pilot and citadel, side by side on the TLS port. It follows the Mesh copy; what the hub
 * changes there takes effect without a restart.
 */
export class Primary {
  private readonly citadel: MeshCitadel;
  private readonly certificates: CertificateService;
  private readonly serverCertificate: ServerCertificateKeeper;
  /** undefined when an upstream istiod serves the proxies. */
  private readonly pilot: PilotServer | undefined;
  private readonly stops: Stop[] = [];
  private readonly verifiers = new WeakMap<TargetCluster, TokenVerifier>();
  private mesh: ZoneIdentity['meshSpec'];

  constructor(
    private readonly settings: ZoneSettings,
    private readonly identity: ZoneIdentity,
    private readonly agent: ZoneAgent,
    private readonly registry: Registry,
  ) {
    const { clock, logger, cluster } = settings;
    const { zone, mesh } = identity;
    this.mesh = identity.meshSpec;
    const issuer = (): MeshCitadel['issuer'] => this.citadel.issuer;
    const observer = new CitadelMetrics(registry, () => this.citadel.issuer);
    this.citadel = new MeshCitadel({
      ...settings,
      ...{ zone, mesh, writeCacerts: settings.primary === 'istiod' },
      observer,
      meshObject: () => agent.copies.meshes.get(mesh),
      memberCluster: () => agent.copies.memberClusters.get(cluster),
    });
    this.certificates = new CertificateService({
      ...{ clock, logger, issuer, observer },
      trustDomain: this.mesh.trustDomain,
      defaultLifetimeMs: this.mesh.ca.leafLifetimeHours * HOUR_MS,
      verifierOf: (name) => this.verifierOf(name),
    });
    const ipAddresses = ipOf(settings.tlsXds);
    this.serverCertificate = new ServerCertificateKeeper({
      clock,
      logger,
      issuer,
      observer,
      ipAddresses,
      mesh: () => this.mesh,
    });
    this.pilot = settings.primary === 'flotilla' ? this.createPilot() : undefined;
  }

  /** Opens the ports. The TLS port follows when the hub has signed the zone's intermediate. */
  async start(): Promise<PilotPorts | undefined> {
    const { copies } = this.agent;
    this.stops.push(
      this.citadel.onChange(() => void this.serverCertificate.refresh()),
      copies.memberClusters.onChange((name) => name === this.settings.cluster && this.citadel.refresh()),
      copies.meshes.onChange((name, mesh) => name === this.identity.mesh && this.onMesh(mesh)),
    );
    this.citadel.start();
    return this.pilot?.start();
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    this.serverCertificate.stop();
    await Promise.all([this.citadel.stop(), this.pilot?.stop()]);
  }

  /** The connected proxies, for the agent. */
  proxies(): readonly ProxyStatus[] {
    return (this.pilot?.proxies() ?? []).map(toProxyStatus);
  }

  onProxiesChange(listener: () => void): Stop {
    return this.pilot?.onProxiesChange(listener) ?? (() => undefined);
  }

  /** A copy that disappears changes nothing: the last settings go on. */
  private onMesh(mesh: Mesh | undefined): void {
    if (mesh?.spec === undefined) return;
    this.mesh = mesh.spec;
    this.pilot?.reconfigure(mesh.spec);
    this.citadel.refresh();
  }

  private createPilot(): PilotServer {
    const { client, random, clock, logger, xds, tlsXds, debug, cluster } = this.settings;
    return new PilotServer({
      ...{ client, random, clock, logger, mesh: this.mesh, registry: this.registry },
      identifier: `flotilla/${cluster}/${this.identity.mesh}`,
      listen: {
        ...{ xds, debug },
        tls: {
          address: tlsXds,
          certificate: () => this.serverCertificate.current,
          onCertificateChange: (listener) => this.serverCertificate.onChange(listener),
          authorize: authorizeByIdentity((caller) => this.certificates.identify(caller)),
          methods: new Map([[CREATE_CERTIFICATE_PATH, this.createCertificate()]]),
        },
      },
    });
  }

  private createCertificate(): GrpcMethod {
    return {
      kind: 'unary',
      handle: async (request, call) => toGrpc(await this.certificates.createCertificate(request, credentialsOf(call))),
    };
  }

  /** One verifier per connection to a cluster: it remembers the keys of that cluster. */
  private verifierOf(cluster: string | undefined): TokenVerifier | undefined {
    const { gateway } = this.agent.clusters;
    const target = cluster === undefined ? gateway : this.agent.clusters.get(cluster);
    if (target === undefined) return undefined;
    const known = this.verifiers.get(target);
    const verifier = known ?? new ClusterTokenVerifier(target.client, this.settings.clock);
    this.verifiers.set(target, verifier);
    return verifier;
  }
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
