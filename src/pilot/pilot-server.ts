import type { Registry } from 'prom-client';
import { type MeshSpec, gatewayNamespaceOf, SYSTEM_NAMESPACE } from '../federation/api';
import { type Clock, type Logger, type Stop } from '../kernel';
import { TranslationCache } from './cache';
import { debugPages } from './debug-pages';
import { DebugServer } from './debug-server';
import { type GrpcMethod, GrpcServer, type ServerCertificate } from './grpc';
import { LoadReporting, type LoadShares } from './load';
import { parseListenAddress, requireLoopback } from './listen-address';
import type { MeshSettings } from './model';
import { ModelFeed } from './model-feed';
import { PilotMetrics } from './pilot-metrics';
import { translators } from './translators';
import { type DebounceOptions, type DiscoveryScope, ZoneSources, type ZoneSourcesOptions } from './sources';
import { type AuthorizeProxy, type DiscoveryTypeName, type ProxyStatus, type ResourceStatus, XdsServer } from './xds';

/** Injection token of a PilotServer. */
export const PILOT_SERVER = Symbol('PilotServer');

/** The port for proxies on other machines. */
export interface TlsListener {
  /** `host:port`, istiod's is 15012. */
  readonly address: string;
  /** The server's certificate; `undefined` while there is none, and then the port is closed. */
  readonly certificate: () => ServerCertificate | undefined;
  /** Tells when `certificate` gives another one. */
  readonly onCertificateChange: (listener: () => void) => Stop;
  readonly authorize: AuthorizeProxy;
  /** Further methods on the same port, such as the certificate service. */
  readonly methods?: ReadonlyMap<string, GrpcMethod>;
}

/** Where the pilot listens. */
export interface PilotListeners {
  /** xDS in plaintext, `host:port` on a loopback address only; istiod's is 15010. */
  readonly xds: string;
  readonly tls?: TlsListener;
  /** Metrics, readiness and debug pages; istiod's is 15014. */
  readonly debug?: string;
}

/** What a pilot serves and with what. */
export interface PilotServerOptions extends Pick<ZoneSourcesOptions, 'client' | 'connect' | 'holdMs' | 'random'> {
  readonly mesh: MeshSpec;
  readonly listen: PilotListeners;
  /** Names this pilot to its proxies. */
  readonly identifier: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly debounce?: DebounceOptions;
  /** How often proxies report where their requests went. */
  readonly loadReportIntervalMs?: number;
  /** Metrics are registered here, beside those of others, and all of them are shown on the debug port. */
  readonly registry?: Registry;
}

/** Ports that are open, as they came out when 0 was asked for. */
export interface PilotPorts {
  readonly xds: number;
  readonly tls?: number;
  readonly debug?: number;
}

/**
 * One mesh's pilot in a zone: reads the zone's clusters, builds the model, translates it for each kind of proxy and serves it by
 * xDS. It owns everything it starts; `stop` ends it all.
 */
export class PilotServer {
  /** The zone's clusters as discovery reads them. */
  private sources: ZoneSources;
  private nextSources: ZoneSources | undefined;
  private mesh: MeshSpec;
  private readonly cache: TranslationCache;
  private readonly feed: ModelFeed;
  private readonly xds: XdsServer;
  private readonly load: LoadReporting;
  private readonly metrics: PilotMetrics;
  private readonly plaintext: GrpcServer;
  private readonly debug: DebugServer;
  private tls: GrpcServer | undefined;
  private readonly openPorts: { xds: number; tls?: number; debug?: number } = { xds: 0 };
  private stopCertificates: Stop = () => undefined;

  constructor(private readonly options: PilotServerOptions) {
    const { clock, logger, identifier, mesh } = options;
    requireLoopback(parseListenAddress(options.listen.xds));
    this.mesh = mesh;
    this.metrics = new PilotMetrics(this.gauges(), options.registry);
    this.cache = new TranslationCache(translators, ({ code, message }) =>
      logger.error('a resource cannot be served', { code, reason: message }),
    );
    this.sources = this.readZone(mesh);
    this.feed = new ModelFeed({
      ...options,
      sources: this.sources,
      settings: settingsOf(mesh),
      accept: (model) => this.cache.setModel(model),
    });
    this.xds = new XdsServer({ source: this.cache, clock, logger, observer: this.metrics, identifier });
    const { loadReportIntervalMs } = options;
    this.load = new LoadReporting({
      ...{ clock, logger },
      ...(loadReportIntervalMs === undefined ? {} : { intervalMs: loadReportIntervalMs }),
    });
    this.plaintext = new GrpcServer({ methods: this.methods(() => Promise.resolve(undefined)), clock, logger });
    this.debug = new DebugServer(this.pages(), logger);
  }

  /** Reads the clusters and opens the ports. Proxies are served when the zone has been read. @throws FlotillaError FLO4110, FLO4113 */
  async start(): Promise<PilotPorts> {
    const { listen, logger } = this.options;
    this.sources.start();
    const { host, port } = parseListenAddress(listen.xds);
    this.openPorts.xds = await this.plaintext.listen(host, port);
    if (listen.debug) this.openPorts.debug = await this.debug.listen(parseListenAddress(listen.debug));
    if (listen.tls) await this.followCertificate(listen.tls);
    logger.info('pilot listens', { ...this.openPorts });
    return this.ports;
  }

  /** The ports that are open now; TLS joins them when there is a certificate. */
  get ports(): PilotPorts {
    return { ...this.openPorts };
  }

  async stop(): Promise<void> {
    this.stopCertificates();
    this.feed.stop();
    this.xds.stop();
    await Promise.all([
      this.plaintext.stop(),
      this.tls?.stop(),
      this.options.listen.debug ? this.debug.stop() : undefined,
      this.sources.stop(),
      this.nextSources?.stop(),
    ]);
  }

  /** Whether proxies are being served. */
  get isReady(): boolean {
    return this.cache.isReady();
  }

  /** Every connected proxy with what it was sent and accepted. */
  proxies(): readonly ProxyStatus[] {
    return this.xds.proxies();
  }

  /** The resources of a type that a proxy subscribes to, each with the version it should have and the one it accepted. */
  resources(nodeId: string, type: DiscoveryTypeName): readonly ResourceStatus[] {
    return this.xds.resources(nodeId, type);
  }

  /** Where the requests of this zone's proxies to a host went in the last five minutes; undefined when none was reported. */
  loadSharesOf(hostname: string): LoadShares | undefined {
    return this.load.sharesOf(hostname);
  }

  /** Tells of every change in the table of proxies; called often, so fold. */
  onProxiesChange(listener: () => void): Stop {
    return this.xds.onProxiesChange(listener);
  }

  /** The zone's clusters: states of every watch, and clients of the workload clusters. */
  get zone(): Pick<ZoneSources, 'states' | 'clusterStates' | 'clientOf'> {
    return this.sources;
  }

  /**
   * Goes on with other settings of the mesh. With other discovery selectors the clusters are read anew, and what is served
   * changes when that is done, so that nothing disappears meanwhile.
   */
  reconfigure(mesh: MeshSpec): void {
    const scopeChanged = JSON.stringify(scopeOf(mesh)) !== JSON.stringify(scopeOf(this.mesh));
    this.mesh = mesh;
    if (!scopeChanged) return this.feed.use(this.sources, settingsOf(mesh));
    void this.nextSources?.stop();
    const next = this.readZone(mesh);
    this.nextSources = next;
    next.onChange(() => this.takeOver(next));
    next.start();
  }

  private takeOver(next: ZoneSources): void {
    if (this.nextSources !== next || !next.isReady) return;
    this.nextSources = undefined;
    void this.sources.stop();
    this.sources = next;
    this.feed.use(next, settingsOf(this.mesh));
  }

  private readZone(mesh: MeshSpec): ZoneSources {
    const secretNamespaces = [...new Set([mesh.rootNamespace, SYSTEM_NAMESPACE])];
    return new ZoneSources({ ...this.options, scope: scopeOf(mesh), secretNamespaces });
  }

  /** The TLS port opens when there is a certificate, and serves each newer one from then on. */
  private async followCertificate(listener: TlsListener): Promise<void> {
    this.stopCertificates = listener.onCertificateChange(() => {
      this.serveTls(listener).catch((error: Error) =>
        this.options.logger.error('the TLS port cannot be served', { reason: error.message }),
      );
    });
    await this.serveTls(listener);
  }

  private async serveTls({ certificate, address, authorize, methods }: TlsListener): Promise<void> {
    const current = certificate();
    if (!current) return this.options.logger.info('the TLS port waits for a certificate');
    if (this.tls) return this.tls.replaceCertificate(current);
    const { clock, logger } = this.options;
    const served = new Map([...this.methods(authorize), ...(methods ?? [])]);
    this.tls = new GrpcServer({ methods: served, clock, logger, certificate: current });
    const { host, port } = parseListenAddress(address);
    this.openPorts.tls = await this.tls.listen(host, port);
  }

  private methods(authorize: AuthorizeProxy): ReadonlyMap<string, GrpcMethod> {
    return new Map([...this.xds.methods(authorize), ...this.load.methods(authorize)]);
  }

  private gauges(): ConstructorParameters<typeof PilotMetrics>[0] {
    return {
      proxies: () => countBy(this.proxies(), ({ type, proxyless }) => (proxyless ? 'grpc' : type)),
      sources: () => countBy(this.sources.states(), ({ state }) => state),
      queueDepth: () => this.xds.queueDepth,
      models: () => this.feed.builds,
      views: () => this.cache.numbers.views,
      encodings: () => this.cache.numbers.encodings,
    };
  }

  private pages(): ReturnType<typeof debugPages> {
    return debugPages({
      metrics: () => this.metrics.expose(),
      isReady: () => this.isReady,
      proxies: () => this.proxies(),
      dump: (name) => this.xds.dump(name),
      objects: () => this.sources.objects(),
      sources: () => this.sources.states(),
      clusters: () => this.sources.clusterStates(),
    });
  }
}

function settingsOf({ trustDomain, rootNamespace, defaultExportTo }: MeshSpec): Partial<MeshSettings> {
  return { trustDomain, rootNamespace, defaultExportTo };
}

function scopeOf(mesh: MeshSpec): DiscoveryScope {
  const gatewayNamespace = gatewayNamespaceOf(mesh);
  return {
    selectors: mesh.discoverySelectors,
    always: [...new Set([mesh.rootNamespace, gatewayNamespace])],
    gatewayNamespaces: [gatewayNamespace],
  };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
