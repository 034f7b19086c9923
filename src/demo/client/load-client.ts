import type { Clock } from '../../kernel';
import type { FleetPlan, FleetZone } from '../plan/fleet-plan';
import { createGrpcAsker, type GrpcAsker } from './grpc-ask';
import { createHttpAsker, type HttpAsker } from './http-ask';
import { type Ask, type LoadResult, type LoadShape, runLoad } from './run-load';

/** Ways to ask: gRPC straight to the members as xDS says, or HTTP and HTTPS through the zone's gateway. */
export const loadKinds = ['grpc', 'http', 'https'] as const;
export type LoadKind = (typeof loadKinds)[number];

/** Connections to the gateway that HTTP load is spread over. */
const HTTP_CONNECTIONS = 32;

/** The client of one zone. Its connections are opened when first needed, and kept. */
export class LoadClient {
  private readonly grpc = new Map<string, GrpcAsker>();
  private readonly http = new Map<string, HttpAsker>();

  constructor(
    private readonly plan: FleetPlan,
    private readonly zone: FleetZone,
    private readonly clock: Clock,
  ) {}

  /** @param caPem the root that HTTPS must chain to */
  run(kind: LoadKind, shape: LoadShape, caPem?: string): Promise<LoadResult> {
    return runLoad(this.askBy(kind, caPem), shape, this.clock);
  }

  /** Asks by gRPC for the global name instead of the access point's host. */
  runByName(shape: LoadShape): Promise<LoadResult> {
    return runLoad(this.grpcAsker(this.plan.globalName).ask, shape, this.clock);
  }

  /** How requests of that kind are sent. */
  askBy(kind: LoadKind, caPem?: string): Ask {
    return kind === 'grpc' ? this.grpcAsker(this.plan.host).ask : this.httpAsker(kind, caPem).ask;
  }

  async close(): Promise<void> {
    for (const asker of this.grpc.values()) asker.close();
    await Promise.all([...this.http.values()].map((asker) => asker.close()));
  }

  private grpcAsker(host: string): GrpcAsker {
    const known = this.grpc.get(host);
    if (known) return known;
    const created = createGrpcAsker(`xds:///${host}:${this.plan.ports.grpc}`, this.zone.name);
    this.grpc.set(host, created);
    return created;
  }

  private httpAsker(kind: 'http' | 'https', caPem: string | undefined): HttpAsker {
    const key = `${kind} ${caPem ?? ''}`;
    const existing = this.http.get(key);
    if (existing) return existing;
    const { addresses, gatewayPorts, name } = this.zone;
    const created = createHttpAsker({
      origin: `${kind}://${addresses.gateway}:${gatewayPorts[kind]}`,
      host: this.plan.host,
      fromZone: name,
      fromAddress: addresses.client,
      connections: HTTP_CONNECTIONS,
      ...(caPem === undefined ? {} : { caPem }),
    });
    this.http.set(key, created);
    return created;
  }
}
