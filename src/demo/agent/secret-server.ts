import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { rmSync } from 'node:fs';
import { decode, frameDiscoveryResponse } from '../../pilot/proto';
import { SECRET_TYPE } from './workload-secrets';

const STREAM_SECRETS = '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets';

const service = {
  streamSecrets: {
    path: STREAM_SECRETS,
    requestStream: true,
    responseStream: true,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} as const;

type SecretStream = ServerDuplexStream<Buffer, Buffer>;

/**
 * The secret discovery service (envoy.service.secret.v3, state of the world) of the agent beside a proxy, on a Unix socket that
 * only its owner can open. A name that is asked for before there is a certificate is answered once there is one.
 */
export class SecretServer {
  private readonly server = new Server();
  private readonly streams = new Map<SecretStream, readonly string[]>();
  private secrets: ReadonlyMap<string, Uint8Array> = new Map();
  private version = 0;

  constructor(private readonly socketFile: string) {
    this.server.addService(service, { streamSecrets: (stream: SecretStream) => this.accept(stream) });
  }

  async listen(): Promise<void> {
    // A socket file that a killed process left would refuse the address.
    rmSync(this.socketFile, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.bindAsync(`unix:${this.socketFile}`, ServerCredentials.createInsecure(), (cause) =>
        cause ? reject(cause) : resolve(),
      );
    });
  }

  /** Serves these from now on, also to the streams that are open. */
  update(secrets: ReadonlyMap<string, Uint8Array>): void {
    this.secrets = secrets;
    this.version += 1;
    for (const stream of this.streams.keys()) this.answer(stream);
  }

  stop(): void {
    this.server.forceShutdown();
    rmSync(this.socketFile, { force: true });
  }

  private accept(stream: SecretStream): void {
    stream.on('data', (bytes: Buffer) => this.receive(stream, bytes));
    stream.once('end', () => stream.end());
    stream.once('close', () => this.streams.delete(stream));
    // Always followed by `close`.
    stream.on('error', () => this.streams.delete(stream));
  }

  /** An acknowledgement names the version that it has; only a new set of names, or a new version, asks for an answer. */
  private receive(stream: SecretStream, bytes: Buffer): void {
    const { resourceNames = [], versionInfo } = decode('envoy.service.discovery.v3.DiscoveryRequest', bytes);
    const known = this.streams.get(stream);
    this.streams.set(stream, resourceNames);
    const isAcknowledgement = versionInfo === String(this.version) && known?.join() === resourceNames.join();
    if (!isAcknowledgement) this.answer(stream);
  }

  private answer(stream: SecretStream): void {
    const names = this.streams.get(stream) ?? [];
    const resources = names.flatMap((name) => {
      const found = this.secrets.get(name);
      return found === undefined ? [] : [{ bytes: found }];
    });
    if (resources.length === 0) return;
    const version = String(this.version);
    const header = { typeUrl: SECRET_TYPE, version, nonce: version, controlPlane: 'flotilla-demo-agent' };
    stream.write(Buffer.concat(frameDiscoveryResponse(header, resources)));
  }
}
