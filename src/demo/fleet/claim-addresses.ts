import { createServer, type Server } from 'node:net';
import { FlotillaError } from '../../kernel';
import { addressBlocks } from '../plan/address-plan';
import { type AccessPorts } from '../plan/fleet-plan';

/** Port on which a fleet shows that it has taken a block of loopback addresses. */
const CLAIM_PORT = 15000;

/** A block of loopback addresses that no other fleet on this machine uses; given back by `release`, or when the process ends. */
export interface AddressClaim {
  readonly block: number;
  release(): Promise<void>;
}

/** Takes the first free block. @throws FlotillaError FLO6004 when there is none, or the machine has only 127.0.0.1. */
export async function claimAddresses(): Promise<AddressClaim> {
  for (const block of addressBlocks) {
    const server = await tryListen(`127.${block}.0.1`, CLAIM_PORT);
    if (server === undefined) continue;
    server.unref();
    return { block, release: () => new Promise((resolve) => server.close(() => resolve())) };
  }
  throw new FlotillaError('taking loopback addresses for the demo failed: no block below 127.0.0.0/8 is free', {
    code: 'FLO6004',
    hint: 'stop other demos on this machine; where the system knows only 127.0.0.1 (macOS), use a Linux container',
  });
}

/** Numbers that free ports are looked for from, on all addresses: gateways bind these. */
const GATEWAY_PORTS: AccessPorts = { http: 18080, https: 18440, grpc: 19090 };
const PORT_TRIES = 300;

/** As many free sets of gateway ports as zones; each number is free on every address of the machine at this moment. */
export async function findGatewayPorts(count: number): Promise<readonly AccessPorts[]> {
  const taken = new Set<number>();
  const sets: AccessPorts[] = [];
  for (let index = 0; index < count; index += 1) {
    sets.push({
      http: await freePortFrom(GATEWAY_PORTS.http, '0.0.0.0', taken),
      https: await freePortFrom(GATEWAY_PORTS.https, '0.0.0.0', taken),
      grpc: await freePortFrom(GATEWAY_PORTS.grpc, '0.0.0.0', taken),
    });
  }
  return sets;
}

/** A port on 127.0.0.1 that is free at this moment. */
export async function findFreePort(): Promise<number> {
  const server = await tryListen('127.0.0.1', 0);
  const address = server?.address();
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  if (typeof address === 'object' && address !== null) return address.port;
  throw noPort('127.0.0.1');
}

/** The demo's usual ports, or others where the user may not bind those below 1024. */
export async function findAccessPorts(block: number): Promise<AccessPorts> {
  const server = await tryListen(`127.${block}.0.1`, 80);
  if (server === undefined) return { http: 8000, https: 8443, grpc: 9090 };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return { http: 80, https: 443, grpc: 9090 };
}

async function freePortFrom(first: number, address: string, taken: Set<number>): Promise<number> {
  for (let port = first; port < first + PORT_TRIES; port += 1) {
    if (taken.has(port)) continue;
    const server = await tryListen(address, port);
    if (server === undefined) continue;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    taken.add(port);
    return port;
  }
  throw noPort(address);
}

/** Listens, or undefined when the address or port is not to be had. */
function tryListen(address: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(cause.code ?? '')) resolve(undefined);
      else reject(cause);
    });
    server.listen({ host: address, port, exclusive: true }, () => resolve(server));
  });
}

function noPort(address: string): FlotillaError {
  return new FlotillaError(`finding a free port on ${address} failed`, {
    code: 'FLO6004',
    hint: 'stop other demos on this machine',
  });
}
