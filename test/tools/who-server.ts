import { Server, ServerCredentials } from '@grpc/grpc-js';

const identity = (bytes: Buffer): Buffer => bytes;

/** A real gRPC server that answers `/test.Who/Ask` with its name, on every address (`host:port`) given. */
export async function serveWho(
  name: string,
  addresses: readonly string[],
  onCall: () => void = () => undefined,
): Promise<Server> {
  const server = new Server();
  const ask = {
    path: '/test.Who/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
  server.addService(
    { ask },
    {
      ask: (_call: unknown, reply: (error: null, answer: Buffer) => void) => {
        onCall();
        reply(null, Buffer.from(name));
      },
    },
  );
  for (const address of addresses) await bind(server, address);
  return server;
}

function bind(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) =>
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())),
  );
}
