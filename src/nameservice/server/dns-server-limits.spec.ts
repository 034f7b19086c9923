import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { decode, encode } from 'dns-packet';
import { ManualClock, silentLogger } from '../../kernel';
import { type AnswerName, buildNameTable } from '../answer';
import { ClientZones } from './client-zones';
import { DnsServer, type DnsServerOptions } from './dns-server';
import { readPlainQuestion } from './plain-question';
import { RateLimit } from './rate-limit';
import { respond, type Responder } from './respond';
import { ResponseCache } from './response-cache';

const fqdn = 'pay.global.example';

function named(changes: Partial<AnswerName> = {}): AnswerName {
  const members = ['10.0.0.1', '10.0.0.2', 'fd00::3'].map((address, index) => ({
    ...{ zone: `east/east-${index + 1}`, addresses: [address], healthy: true, target: `t${index}`, ratio: index + 1 },
  }));
  return {
    ...{ fqdn, ttlSeconds: 30, policy: 'RoundRobin', members, localPercent: 99, nearest: {}, owner: 'shop/pay' },
    ports: [{ name: 'http', number: 80, transport: 'tcp' }],
    ...changes,
  };
}

function responderOf(name: AnswerName): Responder {
  const turns = new Map<string, number>();
  const table = buildNameTable([name], 1);
  const zones = new ClientZones([], 'east/east-1');
  return {
    table: () => table,
    clientZones: () => zones,
    cache: new ResponseCache(),
    nextTurn: (key) => {
      const turn = turns.get(key) ?? 0;
      turns.set(key, turn + 1);
      return turn;
    },
  };
}

function question(name: string, type = 'A', id = 7, extra: object = {}): Buffer {
  return encode({ type: 'query', id, questions: [{ name, type }], ...extra } as never);
}

interface Decoded {
  readonly id: number;
  readonly rcode: string;
  readonly flag_aa: boolean;
  readonly flag_rd: boolean;
  readonly flag_tc: boolean;
  readonly questions: readonly { readonly name: string }[];
  readonly answers: readonly { readonly name: string; readonly type: string; readonly data: unknown }[];
  readonly authorities: readonly { readonly name: string; readonly type: string }[];
}

const read = (bytes: Buffer): Decoded => decode(bytes) as unknown as Decoded;

describe('remembered responses', () => {
  it('carry the id, the flag and the case of whoever asks, and go on turning', () => {
    const responder = responderOf(named());
    const firsts: unknown[] = [];
    for (const [turn, name] of [fqdn, 'PAY.gLobal.exaMple', fqdn.toUpperCase(), fqdn].entries()) {
      const bytes = question(name, 'A', 100 + turn, { flags: turn % 2 === 0 ? 0x0100 : 0 });
      const answer = read(respond(responder, bytes, '127.0.0.1', 'udp')!);
      expect([answer.id, answer.flag_rd, answer.flag_aa]).toEqual([100 + turn, turn % 2 === 0, true]);
      expect(answer.questions[0]!.name).toBe(name);
      expect(answer.answers.every((record) => record.name === name)).toBe(true);
      firsts.push(answer.answers[0]!.data);
    }
    expect(firsts).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.2']);
  });

  it('are the same bytes as responses made anew, for every type and turn', () => {
    for (const policy of ['RoundRobin', 'Locality', 'Ratio'] as const) {
      for (const type of ['A', 'AAAA', 'CNAME', 'TXT', 'SRV', 'SOA', 'NS', 'MX', 'ANY']) {
        for (const name of [fqdn, `_http._tcp.${fqdn}`, 'global.example', 'no.global.example', 'other.test']) {
          const remembering = responderOf(named({ policy }));
          const anew = responderOf(named({ policy }));
          for (let turn = 0; turn < 12; turn += 1) {
            const bytes = question(name, type, turn);
            const expected = respond({ ...anew, cache: new ResponseCache() }, bytes, '127.0.0.1', 'tcp');
            expect(respond(remembering, bytes, '127.0.0.1', 'tcp')).toEqual(expected);
          }
        }
      }
    }
  });

  it('are forgotten with the table', () => {
    const responder = responderOf(named());
    respond(responder, question(fqdn), '127.0.0.1', 'udp');
    const changed = buildNameTable([named({ members: named().members.slice(1) })], 2);
    const answer = respond({ ...responder, table: () => changed }, question(fqdn), '127.0.0.1', 'udp');
    expect(read(answer!).answers.map(({ data }) => data)).toEqual(['10.0.0.2']);
  });

  it('do not take a dot within a label for the end of it, nor bytes for text', () => {
    const responder = responderOf(named());
    const odd = question('pay-global.example');
    odd[12 + 4] = 0x2e; // one label "pay.global"
    const answer = read(respond(responder, odd, '127.0.0.1', 'udp')!);
    expect(answer.rcode).toBe('REFUSED');
    const bytes = question('xxxx.global.example');
    bytes.fill(0xff, 13, 17);
    const negative = read(respond(responder, bytes, '127.0.0.1', 'udp')!);
    expect([negative.rcode, negative.authorities[0]!.name]).toEqual(['NXDOMAIN', 'global.example']);
  });
});

describe('readPlainQuestion', () => {
  it('takes the plainest questions only', () => {
    const opt = { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] };
    expect(readPlainQuestion(question(fqdn))?.udpPayloadBytes).toBeUndefined();
    expect(readPlainQuestion(question(fqdn, 'A', 1, { additionals: [opt] }))?.udpPayloadBytes).toBe(1232);
    const small = { ...opt, udpPayloadSize: 100 };
    expect(readPlainQuestion(question(fqdn, 'A', 1, { additionals: [small] }))?.udpPayloadBytes).toBe(512);
    const version = { ...opt, ednsVersion: 1 };
    expect(readPlainQuestion(question(fqdn, 'A', 1, { additionals: [version] }))).toBeUndefined();
    expect(readPlainQuestion(question(fqdn).subarray(0, -1))).toBeUndefined();
    expect(readPlainQuestion(Buffer.concat([question(fqdn), Buffer.from([0])]))).toBeUndefined();
    const compressed = question(fqdn);
    compressed[12] = 0xc0;
    expect(readPlainQuestion(compressed)).toBeUndefined();
  });
});

it('the rate limit lets a second of questions through at once, then refills, and keeps clients apart', async () => {
  const clock = new ManualClock();
  const limit = new RateLimit(10, clock);
  const ask = (client: string, times: number): number =>
    Array.from({ length: times }, () => limit.allows(client)).filter(Boolean).length;
  expect(ask('a', 25)).toBe(10);
  expect(ask('b', 5)).toBe(5);
  await clock.advance(500);
  expect(ask('a', 25)).toBe(5);
  await clock.advance(60_000);
  expect(ask('a', 25)).toBe(10);
  for (let client = 0; client < 70_000; client += 1) limit.allows(`c${client}`);
  expect(ask('a', 25)).toBeLessThanOrEqual(10);
});

describe('over TCP', () => {
  let server: DnsServer;
  const open: Socket[] = [];

  async function start(options: Partial<DnsServerOptions> = {}): Promise<void> {
    const table = buildNameTable([named()], 1);
    const zones = new ClientZones([], 'east/east-1');
    server = new DnsServer({
      ...{ host: '127.0.0.1', port: 0, table: () => table, clientZones: () => zones },
      ...{ clock: new ManualClock(), logger: silentLogger },
      ...options,
    });
    await server.start();
  }

  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    await server.stop();
  });

  async function connect(): Promise<Socket> {
    const socket = createConnection(server.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    open.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  function framed(message: Buffer): Buffer {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    return Buffer.concat([length, message]);
  }

  function collect(socket: Socket, count: number): Promise<Decoded[]> {
    return new Promise((resolve) => {
      const answers: Decoded[] = [];
      let pending: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        pending = Buffer.concat([pending, chunk]);
        while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
          const end = 2 + pending.readUInt16BE(0);
          answers.push(read(pending.subarray(2, end)));
          pending = pending.subarray(end);
        }
        if (answers.length === count) resolve(answers);
      });
    });
  }

  it('answers questions that come before the last answer, in whatever pieces they come', async () => {
    await start();
    const socket = await connect();
    const answers = collect(socket, 50);
    const all = Buffer.concat(Array.from({ length: 50 }, (_unused, id) => framed(question(fqdn, 'A', id))));
    for (let offset = 0; offset < all.length; offset += 37) socket.write(all.subarray(offset, offset + 37));
    expect((await answers).map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_unused, id) => id));
  });

  it('gives the answers before it hangs up on a message that is none', async () => {
    await start();
    const socket = await connect();
    const answers = collect(socket, 1);
    const closed = once(socket, 'close');
    socket.write(Buffer.concat([framed(question(fqdn)), framed(Buffer.alloc(5))]));
    expect(await answers).toHaveLength(1);
    await closed;
    expect(server.counts.ignored).toBe(1);
  });

  it('hangs up on the silent, and on more connections than one client may have', async () => {
    await start({ idleMs: 50, connectionsPerClient: 2 });
    const [first] = await Promise.all([connect(), connect()]);
    const third = await connect();
    await once(third, 'close');
    await once(first, 'close');
  });

  it('limits each client, and says nothing to the rest of its questions', async () => {
    await start({ questionsPerSecond: 3 });
    const socket = await connect();
    const answers = collect(socket, 3);
    const closed = once(socket, 'close');
    for (let id = 0; id < 10; id += 1) socket.write(framed(question(fqdn, 'A', id)));
    expect(await answers).toHaveLength(3);
    await closed;
    expect(server.counts).toMatchObject({ answered: 3, limited: 1 });
  });
});
