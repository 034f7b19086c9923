import { silentLogger, systemClock } from '../../src/kernel';
import { GrpcServer } from '../../src/pilot/grpc';
import { typeUrlOf } from '../../src/pilot/proto';
import { FixedResourceSource } from '../../src/pilot/testing/fixed-resource-source';
import { type EncodedResource, XdsServer } from '../../src/pilot/xds';

/** The discovery services by which a client of HTTP gets everything it needs. */
export type DiscoveryType = 'cds' | 'eds' | 'lds' | 'rds';

const MESSAGES = {
  cds: 'envoy.config.cluster.v3.Cluster',
  eds: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  lds: 'envoy.config.listener.v3.Listener',
  rds: 'envoy.config.route.v3.RouteConfiguration',
} as const satisfies Readonly<Record<DiscoveryType, string>>;
const types = Object.keys(MESSAGES) as DiscoveryType[];

/** Our xDS server with resources that stay as they are, in plain text on a port of its own. */
export class FixedXds {
  private constructor(
    readonly port: number,
    private readonly xds: XdsServer,
    private readonly grpc: GrpcServer,
  ) {}

  static async start(resources: (type: DiscoveryType) => readonly EncodedResource[]): Promise<FixedXds> {
    const source = new FixedResourceSource();
    for (const type of types) source.set(typeUrlOf(MESSAGES[type]), resources(type));
    const xds = new XdsServer({ source, clock: systemClock, logger: silentLogger, identifier: 'test' });
    const methods = xds.methods(() => Promise.resolve(undefined));
    const grpc = new GrpcServer({ methods, clock: systemClock, logger: silentLogger });
    return new FixedXds(await grpc.listen('127.0.0.1', 0), xds, grpc);
  }

  /** Whether the one client has acknowledged everything. */
  get isAcknowledged(): boolean {
    return types.every((type) => this.xds.proxies()[0]?.types[type]?.state === 'SYNCED');
  }

  async stop(): Promise<void> {
    this.xds.stop();
    await this.grpc.stop(0);
  }
}
