import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createConnection } from 'node:net';
import { decode, encode } from 'dns-packet';
import { ManualClock, silentLogger } from '../../kernel';
import { type AnswerName, buildNameTable } from '../answer';
import { ClientZones } from './client-zones';
import { DnsServer } from './dns-server';
import { respond } from './respond';
import { ResponseCache } from './response-cache';

const fqdn = 'pay.global.example';
const zones = ['east/east-1', 'east/east-2', 'west/west-1'];

function tableOf(policy: AnswerName['policy'], addressesPerZone = 1) {
  const members = zones.map((zone, index) => ({
    zone,
    addresses: Array.from(
      { length: addressesPerZone },
      (_unused, host) => `10.${index + 1}.${host >> 8}.${host & 255}`,
    ),
    healthy: true,
    target: zone,
    ratio: index + 1,
  }));
  const ports = [{ name: 'http', number: 80, transport: 'tcp' as const }];
  return buildNameTable(
    [{ fqdn, ttlSeconds: 30, policy, members, ports, localPercent: 99, nearest: {}, owner: 'shop/pay' }],
    1,
  );
}

const clientZones = new ClientZones(
  [
    { cidr: '10.20.0.0/16', zone: 'west/west-1' },
    { cidr: '10.20.7.0/24', zone: 'east/east-2' },
  ],
  'east/east-1',
);

describe('over the wire', () => {
  let server: DnsServer;
  let table = tableOf('Locality');

  beforeEach(async () => {
    table = tableOf('Locality');
    server = new DnsServer({
      host: '127.0.0.1',
      port: 0,
      table: () => table,
      clientZones: () => clientZones,
      clock: new ManualClock(),
      logger: silentLogger,
    });
    await server.start();
  });

  afterEach(() => server.stop());

  function resolver(): Resolver {
    const client = new Resolver({ timeout: 20_000, tries: 1 });
    client.setServers([`127.0.0.1:${server.port}`]);
    return client;
  }

  it('answers the resolver of Node: A with TTL, SRV, TXT, SOA, and negative answers', async () => {
    const client = resolver();
    expect(await client.resolve4(fqdn, { ttl: true })).toEqual([{ address: '10.1.0.0', ttl: 30 }]);
    expect(await client.resolveSrv(`_http._tcp.${fqdn}`)).toHaveLength(2);
    expect(await client.resolveTxt(fqdn)).toEqual([['heritage=flotilla,owner=shop/pay']]);
    expect(await client.resolveSoa('global.example')).toMatchObject({ nsname: 'ns.global.example' });
    await expect(client.resolve6(fqdn)).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(client.resolve4('no.global.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(client.resolve4('elsewhere.test')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it.each([
    ['Locality', 1, [9900, 100, 0], 0],
    // A cycle of six and one of three, of which 10,000 is no multiple.
    ['Ratio', 1, [10_000 / 6, 20_000 / 6, 30_000 / 6], 2],
    ['RoundRobin', 3, [10_000 / 3, 10_000 / 3, 10_000 / 3], 2],
  ] as const)(
    '%s: 10,000 answers match the policy',
    async (policy, each, expected, tolerance) => {
      table = tableOf(policy);
      const client = resolver();
      const first: Record<string, number> = {};
      for (let batch = 0; batch < 500; batch += 1) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => client.resolve4(fqdn)));
        for (const addresses of answers) {
          expect(new Set(addresses).size).toBe(each);
          first[addresses[0] ?? ''] = (first[addresses[0] ?? ''] ?? 0) + 1;
        }
      }
      const counts = zones.map((_zone, place) => first[`10.${place + 1}.0.0`] ?? 0);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
      expected.forEach((wanted, place) => {
        expect(Math.abs((counts[place] ?? 0) - wanted)).toBeLessThanOrEqual(tolerance);
      });
    },
    120_000,
  );

  it('truncates by UDP what does not fit, and tells all over TCP', async () => {
    table = tableOf('RoundRobin', 100);
    expect(await resolver().resolve4(fqdn)).toHaveLength(300);
  });

  it('survives garbage on both transports and still answers', async () => {
    const noise = createSocket('udp4');
    for (let length = 0; length < 64; length += 1) noise.send(Buffer.alloc(length, length), server.port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      const connection = createConnection(server.port, '127.0.0.1', () =>
        connection.write(Buffer.from([0, 12, ...Buffer.alloc(12, 255)])),
      );
      connection.on('close', () => resolve());
      connection.resume();
    });
    noise.close();
    expect(await resolver().resolve4(fqdn)).toHaveLength(1);
    expect(server.counts.ignored).toBeGreaterThan(0);
  });
});

describe('respond', () => {
  const turns = new Map<string, number>();
  const table = tableOf('Locality');
  const responder = {
    table: () => table,
    clientZones: () => clientZones,
    cache: new ResponseCache(),
    nextTurn: (key: string) => {
      turns.set(key, (turns.get(key) ?? -1) + 1);
      return turns.get(key) ?? 0;
    },
  };
  const ask = (packet: object, transport: 'udp' | 'tcp' = 'udp') => {
    const bytes = respond(responder, encode({ type: 'query', id: 9, ...packet }), '127.0.0.1', transport);
    return (
      bytes && {
        bytes,
        packet: decode(bytes) as ReturnType<typeof decode> & {
          rcode: string;
          additionals: { type: string; options: object[] }[];
        },
      }
    );
  };

  it('takes the zone from the client subnet, longest network first, and tells its scope', () => {
    const subnet = (ip: string) => ({
      questions: [{ name: fqdn, type: 'A' }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1232,
          flags: 0,
          options: [{ code: 'CLIENT_SUBNET', ip, sourcePrefixLength: 24 }],
        },
      ],
    });
    expect(ask(subnet('10.20.9.0'))?.packet.answers).toMatchObject([{ data: '10.3.0.0' }]);
    const answer = ask(subnet('10.20.7.0'));
    expect(answer?.packet.answers).toMatchObject([{ data: '10.2.0.0' }]);
    expect(answer?.packet.additionals[0]?.options).toMatchObject([
      { sourcePrefixLength: 24, scopePrefixLength: 24, ip: '10.20.7.0' },
    ]);
  });

  it.each([
    [
      'two questions',
      {
        questions: [
          { name: fqdn, type: 'A' },
          { name: fqdn, type: 'A' },
        ],
      },
      'FORMERR',
    ],
    ['no question', { questions: [] }, 'FORMERR'],
    ['a zone transfer', { questions: [{ name: 'global.example', type: 'AXFR' }] }, 'REFUSED'],
    ['another class', { questions: [{ name: fqdn, type: 'TXT', class: 'CH' }] }, 'REFUSED'],
    ['an unknown type', { questions: [{ name: fqdn, type: 'UNKNOWN_65280' }] }, 'NOERROR'],
    ['an update', { opcode: 'UPDATE', flags: 5 << 11, questions: [{ name: fqdn, type: 'A' }] }, 'NOTIMP'],
  ])('%s', (_what, packet, rcode) => expect(ask(packet)?.packet.rcode).toBe(rcode));

  it('compresses names, and keeps the case of the question', () => {
    const answer = ask({ questions: [{ name: 'PAY.global.Example', type: 'A' }] });
    expect(answer?.packet.answers).toMatchObject([{ name: 'PAY.global.Example' }]);
    expect(answer?.bytes.length).toBe(12 + 20 + 4 + 2 + 10 + 4);
  });

  it('stays silent to responses, so that two servers cannot talk for ever', () => {
    const bytes = encode({ type: 'response', id: 1, questions: [{ name: fqdn, type: 'A' }] });
    expect(respond(responder, bytes, '127.0.0.1', 'udp')).toBeUndefined();
  });

  it('answers or ignores, and never throws, whatever comes', () => {
    const base = encode({
      type: 'query',
      id: 5,
      questions: [{ name: fqdn, type: 'A' }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1232,
          flags: 0,
          options: [{ code: 'CLIENT_SUBNET', ip: '10.0.0.0', sourcePrefixLength: 24 }],
        },
      ],
    } as never);
    let state = 12345;
    const random = (below: number): number => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return state % below;
    };
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(base.subarray(0, random(4) === 0 ? random(base.length) : base.length));
      for (let flips = random(8); flips > 0 && bytes.length > 0; flips -= 1) bytes[random(bytes.length)] = random(256);
      const response = respond(responder, bytes, '127.0.0.1', 'udp');
      if (response) expect(response.length).toBeLessThanOrEqual(4096);
    }
  });
});
