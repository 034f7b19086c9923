import { type ClientDuplexStream, credentials, makeClientConstructor } from '@grpc/grpc-js';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '../../pilot/proto';
import { SecretServer } from './secret-server';
import { SECRET_TYPE, workloadSecrets } from './workload-secrets';

const secretsOf = (root: string) =>
  workloadSecrets({ privateKey: 'key', certificateChain: 'chain', root, notAfterMs: 0 });

interface Answer {
  readonly versionInfo?: string;
  readonly nonce?: string;
  readonly typeUrl?: string;
  readonly resources?: readonly { readonly name?: string }[];
}

/** A proxy's stream, as Envoy opens one for each secret. */
class Stream {
  readonly answers: Answer[] = [];
  private readonly client;
  private readonly call: ClientDuplexStream<Buffer, Buffer>;

  constructor(socketFile: string) {
    const identity = (bytes: Buffer): Buffer => bytes;
    this.client = new (makeClientConstructor({}, 'sds'))(`unix:${socketFile}`, credentials.createInsecure());
    const path = '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets';
    this.call = this.client.makeBidiStreamRequest<Buffer, Buffer>(path, identity, identity);
    this.call.on('error', () => undefined);
    this.call.on('data', (bytes: Buffer) =>
      this.answers.push(decode('envoy.service.discovery.v3.DiscoveryResponse', bytes) as Answer),
    );
  }

  ask(names: readonly string[], seen?: Answer): void {
    const acknowledged = seen === undefined ? {} : { versionInfo: seen.versionInfo!, responseNonce: seen.nonce! };
    const request = { typeUrl: SECRET_TYPE, resourceNames: [...names], ...acknowledged };
    this.call.write(Buffer.from(encode('envoy.service.discovery.v3.DiscoveryRequest', request)));
  }

  async untilAnswers(count: number): Promise<readonly Answer[]> {
    while (this.answers.length < count) await new Promise((resolve) => setImmediate(resolve));
    return this.answers;
  }

  close(): void {
    this.call.cancel();
    this.client.close();
  }
}

describe('SecretServer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-agent-'));
  const socketFile = join(folder, 'agent.sock');
  let server: SecretServer;
  let streams: Stream[];

  beforeEach(async () => {
    streams = [];
    server = new SecretServer(socketFile);
    await server.listen();
  });
  afterEach(() => {
    for (const stream of streams) stream.close();
    server.stop();
    expect(existsSync(socketFile)).toBe(false);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = (): Stream => {
    const stream = new Stream(socketFile);
    streams.push(stream);
    return stream;
  };

  it('answers what was asked, each stream its own names', async () => {
    server.update(secretsOf('root'));
    const [own, roots] = [open(), open()];
    own.ask(['default']);
    roots.ask(['ROOTCA']);
    expect((await own.untilAnswers(1))[0]).toMatchObject({
      typeUrl: SECRET_TYPE,
      resources: [
        {
          name: 'default',
          tlsCertificate: { privateKey: { inlineBytes: Buffer.from('key').toString('base64') } },
        },
      ],
    });
    expect((await roots.untilAnswers(1))[0]?.resources?.map(({ name }) => name)).toEqual(['ROOTCA']);
  });

  it('answers once there is a certificate, again when it is renewed, and not to an acknowledgement', async () => {
    const stream = open();
    stream.ask(['ROOTCA']);
    const other = open();
    other.ask(['unknown']);
    // The second stream's request is answered with nothing; when the third one is answered, the first two were read.
    server.update(secretsOf('first'));
    const [first] = await stream.untilAnswers(1);
    stream.ask(['ROOTCA'], first);
    const probe = open();
    probe.ask(['default']);
    await probe.untilAnswers(1);
    expect(stream.answers).toHaveLength(1);
    server.update(secretsOf('second'));
    const [, second] = await stream.untilAnswers(2);
    expect(second).toMatchObject({
      resources: [{ validationContext: { trustedCa: { inlineBytes: Buffer.from('second').toString('base64') } } }],
    });
    expect(second?.versionInfo).not.toBe(first?.versionInfo);
    expect(other.answers).toEqual([]);
  });

  it('takes over the socket file of a process that was killed', async () => {
    const again = new SecretServer(socketFile);
    await again.listen();
    again.update(secretsOf('root'));
    const stream = open();
    stream.ask(['default']);
    await stream.untilAnswers(1);
    again.stop();
  });
});
