import type { Registry } from 'prom-client';
import type { MeshSpec } from '../federation/api';
import type { Stop } from '../kernel';
import type { KubeClient } from '../kube';
import { ClusterTokenVerifier } from './identity/cluster-token-verifier';
import type { WorkloadIdentity } from './identity/spiffe-id';
import type { TokenVerifier } from './identity/token-verifier';
import { MeshCitadel, type MeshCitadelOptions } from './mesh-citadel';
import { CitadelMetrics } from './metrics/citadel-metrics';
import { type CitadelObserver, silentCitadelObserver } from './metrics/citadel-observer';
import { type CertificateAnswer, type CertificateCaller, CertificateService } from './service/certificate-service';
import type { ServerCertificate } from './service/server-certificate';
import { ServerCertificateKeeper } from './service/server-certificate-keeper';

/** What the citadel of one mesh in one zone is given. */
export interface CitadelOptions extends Omit<MeshCitadelOptions, 'meshSpec' | 'observer'> {
  /** The mesh as last seen; `configure` changes it. */
  readonly meshSpec: MeshSpec;
  /** Addresses of the TLS port, for its certificate. */
  readonly ipAddresses: readonly string[];
  /** The client of a cluster of the zone, by name; the gateway cluster's for undefined. */
  readonly clientOf: (cluster: string | undefined) => KubeClient | undefined;
  /** Metrics are registered here. */
  readonly registry?: Registry;
}

/** Injection token of a Citadel. */
export const CITADEL = Symbol('Citadel');

/**
 * Everything that has to do with certificates of one mesh in one zone: the intermediate, the gateways' certificates, the
 * primary's own, and those of workloads.
 */
export class Citadel {
  private readonly keeper: MeshCitadel;
  private readonly service: CertificateService;
  private readonly server: ServerCertificateKeeper;
  private readonly verifiers = new WeakMap<KubeClient, TokenVerifier>();
  private spec: MeshSpec;
  private stopFollowing: Stop = () => undefined;

  constructor(private readonly options: CitadelOptions) {
    const { registry, ipAddresses } = options;
    this.spec = options.meshSpec;
    const meshSpec = (): MeshSpec => this.spec;
    const issuer = (): MeshCitadel['issuer'] => this.keeper.issuer;
    const observer: CitadelObserver =
      registry === undefined ? silentCitadelObserver : new CitadelMetrics(registry, issuer);
    const shared = { ...options, meshSpec, issuer, observer };
    this.keeper = new MeshCitadel(shared);
    this.service = new CertificateService({ ...shared, verifierOf: (cluster) => this.verifierOf(cluster) });
    this.server = new ServerCertificateKeeper({ ...shared, ipAddresses });
  }

  /** The certificate of the TLS port; undefined until the hub has signed the intermediate. */
  get serverCertificate(): ServerCertificate | undefined {
    return this.server.current;
  }

  /** Tells when `serverCertificate` is another one. */
  onServerCertificate(listener: () => void): Stop {
    return this.server.onChange(listener);
  }

  /** Answers one CreateCertificate call. Never rejects. */
  createCertificate(request: Uint8Array, caller: CertificateCaller): Promise<CertificateAnswer> {
    return this.service.createCertificate(request, caller);
  }

  /** Whose call it is. @throws FlotillaError FLO5230 */
  identify(caller: CertificateCaller): Promise<WorkloadIdentity> {
    return this.service.identify(caller);
  }

  start(): void {
    this.stopFollowing = this.keeper.onChange(() => void this.server.refresh());
    this.keeper.start();
  }

  /** The Mesh changed. */
  configure(spec: MeshSpec): void {
    this.spec = spec;
    this.keeper.refresh();
  }

  /** The MemberCluster copy changed: the hub may have signed. */
  refresh(): void {
    this.keeper.refresh();
  }

  async stop(): Promise<void> {
    this.stopFollowing();
    this.server.stop();
    await this.keeper.stop();
  }

  /** One verifier per client: it remembers the keys of its cluster. */
  private verifierOf(cluster: string | undefined): TokenVerifier | undefined {
    const client = this.options.clientOf(cluster);
    if (client === undefined) return undefined;
    const verifier = this.verifiers.get(client) ?? new ClusterTokenVerifier(client, this.options.clock);
    this.verifiers.set(client, verifier);
    return verifier;
  }
}
