import { decode, encode } from 'dns-packet';
import { ClientZones } from '../../src/nameservice/server/client-zones';
import { buildNameTable } from '../../src/nameservice/answer';
import { respond, type Responder } from '../../src/nameservice/server/respond';
import { ResponseCache } from '../../src/nameservice/server/response-cache';

jest.setTimeout(600_000);

const PACKETS = 1_000_000;
const fqdn = 'pay.global.example';

function responder(): Responder {
  const members = Array.from({ length: 6 }, (_unused, index) => ({
    ...{ zone: `east/east-${index}`, addresses: [`10.0.0.${index}`, `fd00::${index + 1}`], healthy: index % 3 > 0 },
    ...{ target: `t${index % 4}`, ratio: index % 5 },
  }));
  const ports = [{ name: 'http', number: 80, transport: 'tcp' as const }];
  const table = buildNameTable(
    (['RoundRobin', 'Locality', 'Ratio'] as const).map((policy, index) => ({
      ...{ fqdn: index === 0 ? fqdn : `${policy.toLowerCase()}.global.example`, ttlSeconds: 30, policy, members },
      ...{ ports, localPercent: 99, nearest: {}, owner: 'shop/pay' },
    })),
    1,
  );
  const zones = new ClientZones([{ cidr: '10.0.0.0/8', zone: 'east/east-1' }], 'east/east-2');
  let turn = 0;
  return { table: () => table, clientZones: () => zones, cache: new ResponseCache(), nextTurn: () => (turn += 1) };
}

/** Requests to spoil: plain, with EDNS, with a client subnet, of other types, for other names. */
function seeds(): Buffer[] {
  const opt = (options: object[]) => ({ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options });
  const subnet = { code: 'CLIENT_SUBNET', ip: '10.0.0.0', sourcePrefixLength: 24 };
  const names = [fqdn, `_http._tcp.${fqdn}`, 'global.example', 'locality.global.example', `east-east-1.${fqdn}`];
  return names.flatMap((name) =>
    ['A', 'AAAA', 'SRV', 'TXT', 'SOA', 'ANY'].flatMap((type) =>
      [[], [opt([])], [opt([subnet])]].map((additionals) =>
        encode({ type: 'query', id: 5, questions: [{ name, type }], additionals } as never),
      ),
    ),
  );
}

/** A small generator of its own: the same packets in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}

// The packet library throws at what it cannot read, and jest maps every stack: that would take most of the time.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

it('a million spoiled packets: each is answered with a packet that can be read, or not at all, and none is fatal', () => {
  const server = responder();
  const random = generator(20260101);
  const base = seeds();
  let answered = 0;
  let read = 0;
  for (let round = 0; round < PACKETS; round += 1) {
    const seed = base[random(base.length)]!;
    const bytes = Buffer.from(random(8) === 0 ? seed.subarray(0, random(seed.length + 1)) : seed);
    for (let flips = random(6); flips > 0 && bytes.length > 0; flips -= 1) {
      // Mostly behind the id; lengths, counts and pointers are where it hurts.
      bytes[2 + random(Math.max(1, bytes.length - 2))] = [0, 0xc0, 0xff, random(256)][random(4)]!;
    }
    const response = respond(server, bytes, '127.0.0.1', round % 2 === 0 ? 'udp' : 'tcp');
    if (response === undefined) continue;
    answered += 1;
    if (response.readUInt16BE(0) !== bytes.readUInt16BE(0) || (response[2]! & 0x80) === 0)
      throw new Error(`round ${round}`);
    if (round % 2 === 0 && response.length > 1232) throw new Error(`round ${round}: ${response.length} bytes by UDP`);
    if (round % 50 !== 0) continue;
    decode(response);
    read += 1;
  }
  expect(answered).toBeGreaterThan(PACKETS / 10);
  expect(read).toBeGreaterThan(1000);
});
