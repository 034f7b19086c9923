import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Who an Envoy says it is. */
export interface EnvoyNode {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly locality: { readonly region: string; readonly zone: string };
}

/** A real Envoy that knows nothing but where its primary serves xDS in plain text. */
export class EnvoyProgram {
  private constructor(
    readonly adminPort: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(command: string, node: EnvoyNode, xdsPort: number): Promise<EnvoyProgram> {
    const adminPort = await freePort();
    const config = JSON.stringify(bootstrap(node, xdsPort, adminPort));
    const parameters = ['--config-yaml', config, '--use-dynamic-base-id', '--log-level', 'critical'];
    const child = spawn(command, [...parameters, '--concurrency', '1'], { stdio: 'inherit' });
    return new EnvoyProgram(adminPort, child);
  }

  /** Sum of the statistics whose names fit. */
  async statistics(names: RegExp): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/stats?format=json`);
    const { stats } = (await response.json()) as { stats: { name?: string; value?: number }[] };
    return stats.reduce((sum, { name = '', value = 0 }) => (names.test(name) ? sum + value : sum), 0);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

function bootstrap(node: EnvoyNode, xdsPort: number, adminPort: number): object {
  const socketAddress = (port_value: number): object => ({ socket_address: { address: '127.0.0.1', port_value } });
  const type = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const http2 = { '@type': type, explicit_http_config: { http2_protocol_options: {} } };
  const ads = { ads: {}, resource_api_version: 'V3' };
  const endpoint = { endpoint: { address: socketAddress(xdsPort) } };
  return {
    node: { ...node, cluster: 'gateway' },
    admin: { address: socketAddress(adminPort) },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }],
      },
      ...{ cds_config: ads, lds_config: ads },
    },
    static_resources: {
      clusters: [
        {
          ...{ name: 'xds', type: 'STATIC', connect_timeout: '1s' },
          typed_extension_protocol_options: { 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': http2 },
          load_assignment: { cluster_name: 'xds', endpoints: [{ lb_endpoints: [endpoint] }] },
        },
      ],
    },
  };
}

/** A port that is free on loopback now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
