import { credentials, makeClientConstructor, Metadata, type ServiceError } from '@grpc/grpc-js';
import { ORIGIN_HEADER, whoamiService, type WhoamiReply } from '../workload/whoami-service';
import type { Ask } from './run-load';

const DEADLINE_MS = 10_000;
/** A zone that comes back should get its share back within seconds; the default would grow to two minutes. */
const MAX_RECONNECT_BACKOFF_MS = 2_000;

/** Asks by gRPC. */
export interface GrpcAsker {
  readonly ask: Ask;
  close(): void;
}

/** @param target for example `xds:///checkout.shop.example.com:9090` @param origin zone of this client */
export function createGrpcAsker(target: string, origin: string): GrpcAsker {
  const Whoami = makeClientConstructor(whoamiService, 'flotilla.demo.v1.Whoami');
  const client = new Whoami(target, credentials.createInsecure(), {
    'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_BACKOFF_MS,
    'grpc.initial_reconnect_backoff_ms': 500,
  });
  const { path, requestSerialize, responseDeserialize } = whoamiService.ask;
  const metadata = new Metadata();
  metadata.set(ORIGIN_HEADER, origin);
  const ask: Ask = () =>
    new Promise<WhoamiReply>((resolve, reject) => {
      const options = { deadline: Date.now() + DEADLINE_MS };
      const done = (failure: ServiceError | null, reply?: WhoamiReply): void =>
        reply === undefined ? reject(failure ?? new Error('neither an answer nor an error')) : resolve(reply);
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, metadata, options, done);
    });
  return { ask, close: () => client.close() };
}

/** Teaches grpc-js the `xds:` scheme. The bootstrap must be in the environment by then (GRPC_XDS_BOOTSTRAP_CONFIG). */
export async function registerXds(): Promise<void> {
  const { register } = await import('@grpc/grpc-js-xds');
  register();
}
