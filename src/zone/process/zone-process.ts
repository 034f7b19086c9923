import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Stop } from '../../kernel';
import { Registry } from 'prom-client';
import { ZoneAgent } from '../agent/zone-agent';
import type { ProxyStatus } from '../facts/route-configured';
import type { ProxyStatusSource } from '../proxy-status-source';
import { Primary } from './primary';
import { ZoneDns } from './zone-dns';
import { whenIdentified } from './zone-identity';
import { ZONE_SETTINGS, type ZoneSettings } from './zone-settings';

/** Where a zone process listens; nowhere when an upstream istiod serves the proxies. */
export interface ZoneAddresses {
  readonly xds?: string;
  readonly tlsXds?: string;
  readonly debug?: string;
  readonly dns?: string;
}

/** Starts and stops a zone in order: the copies, who the zone is, the primary, and what the agent does with both. */
@Injectable()
export class ZoneProcess implements OnApplicationShutdown, ProxyStatusSource {
  private readonly registry: Registry;
  private readonly agent: ZoneAgent;
  private readonly stopping = new AbortController();
  private readonly proxyListeners = new Set<() => void>();
  private primary: Primary | undefined;
  private dns: ZoneDns | undefined;

  constructor(@Inject(ZONE_SETTINGS) private readonly settings: ZoneSettings) {
    this.registry = settings.registry ?? new Registry();
    this.agent = new ZoneAgent({ ...settings, proxies: this, registry: this.registry });
  }

  /**
   * Resolves when the ports are open. Needs the copies of Mesh and MemberCluster in the gateway cluster, and waits for them;
   * the hub itself is not needed.
   */
  async start(): Promise<ZoneAddresses> {
    const { cluster, logger, xds, tlsXds, debug } = this.settings;
    const { signal } = this.stopping;
    await this.agent.start(signal);
    const waiting = (reason: string): void => logger.info('waiting for the hub', { code: 'FLO5011', reason });
    const identity = await whenIdentified(cluster, this.agent.copies, waiting, signal);
    const { zone, mesh, otherMeshes } = identity;
    logger.info('this zone', { zone, mesh });
    if (otherMeshes.length > 0) logger.warn('meshes that need a zone process each', { meshes: otherMeshes.join() });
    const { settings, agent, registry } = this;
    const dns = await this.openDns(zone);
    this.primary = await Primary.open({ settings, identity, agent, registry });
    this.primary.onProxiesChange(() => this.proxyListeners.forEach((listener) => listener()));
    const { ports } = this.primary;
    if (ports === undefined) return dns;
    return {
      ...dns,
      xds: withPort(xds, ports.xds),
      tlsXds: withPort(tlsXds, ports.tls),
      debug: withPort(debug, ports.debug),
    };
  }

  private async openDns(zone: string): Promise<Pick<ZoneAddresses, 'dns'>> {
    const { dns: listen, clock, logger } = this.settings;
    if (listen === undefined) return {};
    this.dns = new ZoneDns({ listen, zone, agent: this.agent, clock, logger, registry: this.registry });
    return { dns: await this.dns.start() };
  }

  proxies(): readonly ProxyStatus[] {
    return this.primary?.proxies() ?? [];
  }

  loadSharesOf(hostname: string): ReadonlyMap<string, number> | undefined {
    return this.primary?.loadSharesOf(hostname);
  }

  onChange(listener: () => void): Stop {
    this.proxyListeners.add(listener);
    return () => this.proxyListeners.delete(listener);
  }

  /** Called by Nest when the application closes. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.primary?.close(), this.dns?.stop(), this.agent.stop()]);
  }
}

function withPort(address: string, port: number | undefined): string {
  return port === undefined ? address : `${address.slice(0, address.lastIndexOf(':'))}:${port}`;
}
