import { Counter, type Registry } from 'prom-client';
import { type Clock, FlotillaError, type Logger, type Stop } from '../../kernel';
import {
  buildNameTable,
  ClientZones,
  DnsServer,
  type DnsServerCounts,
  type NameTable,
  nextVerdictMs,
} from '../../nameservice';
import type { ZoneAgent } from '../agent/zone-agent';

/** What a zone's DNS server is made from. */
export interface ZoneDnsOptions {
  /** `host:port`; port 0 picks a free one. */
  readonly listen: string;
  /** Zone of clients whose network is nobody's: this one. */
  readonly zone: string;
  readonly agent: Pick<ZoneAgent, 'names' | 'onNames'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Questions are counted here. */
  readonly registry?: Registry;
}

/**
 * Answers the global names for the clients of this zone, from what its bundles say and its probes see; the hub is not asked. The table is made
 * anew at the first question after something changed.
 */
export class ZoneDns {
  private readonly server: DnsServer;
  private readonly stopNames: Stop;
  private stopTimer: Stop = () => undefined;
  private current: { readonly table: NameTable; readonly clientZones: ClientZones } | undefined;
  private serial = 0;

  /** @throws FlotillaError FLO5012 when `listen` is no address */
  constructor(private readonly options: ZoneDnsOptions) {
    const { host, port } = parseListen(options.listen);
    this.server = new DnsServer({
      ...{ host, port, clock: options.clock, logger: options.logger },
      table: () => this.now().table,
      clientZones: () => this.now().clientZones,
    });
    if (options.registry !== undefined) countQuestions(options.registry, this.server.counts);
    this.stopNames = options.agent.onNames(() => this.forget());
  }

  /** Opens the port. @returns where it listens @throws FlotillaError FLO7001 when it cannot */
  async start(): Promise<string> {
    await this.server.start();
    return `${this.options.listen.slice(0, this.options.listen.lastIndexOf(':'))}:${this.server.port}`;
  }

  async stop(): Promise<void> {
    this.stopNames();
    this.stopTimer();
    await this.server.stop();
  }

  private forget(): void {
    this.current = undefined;
    this.stopTimer();
  }

  private now(): NonNullable<ZoneDns['current']> {
    this.current ??= this.build();
    return this.current;
  }

  private build(): NonNullable<ZoneDns['current']> {
    const { agent, clock, zone } = this.options;
    const nowMs = clock.nowMs();
    // RFC 1912 §2.2: a serial that grows with every change, also over restarts.
    this.serial = Math.max(this.serial + 1, Math.floor(nowMs / 1000));
    const records = agent.names.records();
    const ends = records.flatMap((record) => nextVerdictMs(record, nowMs) ?? []);
    if (ends.length > 0) this.stopTimer = clock.after(Math.min(...ends) - nowMs, () => this.forget());
    const networks = records.flatMap((record) =>
      Object.entries(record.networks).flatMap(([name, cidrs]) => cidrs.map((cidr) => ({ cidr, zone: name }))),
    );
    const distinct = new Map(networks.map((network) => [`${network.cidr} ${network.zone}`, network]));
    return {
      table: buildNameTable(agent.names.answers(), this.serial),
      clientZones: new ClientZones([...distinct.values()], zone),
    };
  }
}

const OUTCOMES = ['answered', 'ignored', 'limited'] as const;

/** Reads the server's own counts when the metrics are asked for: counting on the way costs each question. */
function countQuestions(registry: Registry, counts: DnsServerCounts): void {
  const collect = (): void => {
    metric.reset();
    for (const outcome of OUTCOMES) metric.inc({ outcome }, counts[outcome]);
  };
  const metric = new Counter({
    name: 'flotilla_zone_dns_questions_total',
    help: 'DNS questions, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
    collect,
  });
}

function parseListen(listen: string): { readonly host: string; readonly port: number } {
  const match = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(listen);
  if (match?.[1] !== undefined) return { host: match[1], port: Number(match[2]) };
  throw new FlotillaError(`cannot serve DNS at "${listen}": it is no address`, {
    code: 'FLO5012',
    retry: 'after-change',
    hint: 'write host:port, for example 127.0.0.1:5353',
  });
}
