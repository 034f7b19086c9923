import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { silentLogger, systemClock } from '../../src/kernel';
import { type AnswerName, buildNameTable, ClientZones, DnsServer } from '../../src/nameservice';
import { realPart } from './real-parts';

jest.setTimeout(300_000);

const run = promisify(execFile);
const fqdn = 'pay.global.example';

function named(policy: AnswerName['policy'], name: string, membersPerZone = 1): AnswerName {
  const zones = ['east/east-1', 'east/east-2', 'west/west-1'];
  const members = zones.flatMap((zone, place) =>
    Array.from({ length: membersPerZone }, (_unused, host) => ({
      ...{ zone, target: zone, ratio: [70, 29, 1][place]!, healthy: true },
      addresses: [`10.${place + 1}.0.${host + 1}`, `fd00:${place + 1}::${(host + 1).toString(16)}`],
    })),
  );
  const ports = [{ name: 'http', number: 80, transport: 'tcp' as const }];
  return {
    ...{ fqdn: name, ttlSeconds: 30, policy, members, ports, localPercent: 99, owner: 'shop/pay' },
    nearest: { 'east/east-1': ['east/east-2', 'west/west-1'] },
  };
}

describe('dig', () => {
  let server: DnsServer;

  beforeAll(async () => {
    const alias = { ...named('RoundRobin', 'alias.global.example'), ports: [] };
    const elsewhere = { addresses: [], alias: 'pay.other.example', healthy: true, target: 'other', ratio: 1 };
    const table = buildNameTable(
      [
        ...[named('Locality', fqdn), named('Ratio', 'ratio.global.example')],
        ...[
          named('RoundRobin', 'all.global.example'),
          named('RoundRobin', 'many.global.example', 60),
          { ...alias, members: [elsewhere] },
        ],
      ],
      42,
    );
    const zones = new ClientZones([{ cidr: '10.20.0.0/16', zone: 'west/west-1' }], 'east/east-1');
    server = new DnsServer({
      ...{ host: '127.0.0.1', port: 0, table: () => table, clientZones: () => zones },
      ...{ clock: systemClock, logger: silentLogger, questionsPerSecond: 1_000_000 },
    });
    await server.start();
  });
  afterAll(() => server.stop());

  async function dig(...args: string[]): Promise<string> {
    const common = ['@127.0.0.1', '-p', String(server.port), '+tries=1', '+time=10'];
    return (await run(realPart('dig'), [...common, ...args], { maxBuffer: 1 << 26 })).stdout;
  }

  const short = async (...args: string[]): Promise<string[]> =>
    (await dig('+short', ...args)).split('\n').filter((line) => line !== '');

  it('understands every type', async () => {
    expect(await short(fqdn, 'A')).toEqual(['10.1.0.1']);
    expect(await short(fqdn, 'AAAA')).toEqual(['fd00:1::1']);
    expect(await short('alias.global.example', 'A')).toEqual(['pay.other.example.']);
    expect(await short('alias.global.example', 'CNAME')).toEqual(['pay.other.example.']);
    expect((await short(`_http._tcp.${fqdn}`, 'SRV')).sort()).toEqual([
      ...[`0 1 80 east-east-2.${fqdn}.`, `0 99 80 east-east-1.${fqdn}.`],
    ]);
    expect(await short(`east-east-2.${fqdn}`, 'A')).toEqual(['10.2.0.1']);
    expect(await short(fqdn, 'TXT')).toEqual(['"heritage=flotilla,owner=shop/pay"']);
    expect((await short('global.example', 'SOA'))[0]).toContain(' 42 ');
    expect(await short('global.example', 'NS')).toEqual(['ns.global.example.']);
  });

  it('sees the header as it should be: authoritative, NXDOMAIN, NODATA, REFUSED, NOTIMP, unknown types', async () => {
    const answer = await dig(fqdn, 'A');
    expect(answer).toContain('status: NOERROR');
    expect(answer).toMatch(/flags: qr aa rd;/);
    expect(answer).toContain('EDNS: version: 0');
    expect(answer).not.toContain('malformed');
    expect(await dig('no.global.example', 'A')).toMatch(/status: NXDOMAIN[\s\S]*SOA/);
    expect(await dig(fqdn, 'MX')).toMatch(/status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1[\s\S]*SOA/);
    expect(await dig(fqdn, 'TYPE65280')).toMatch(/status: NOERROR[\s\S]*ANSWER: 0/);
    expect(await dig('elsewhere.test', 'A')).toContain('status: REFUSED');
    expect(await dig('+opcode=NOTIFY', fqdn)).toContain('status: NOTIMP');
    expect(await dig('+edns=1', '+noednsnegotiation', fqdn)).toContain('status: BADVERS');
    expect(await dig('-c', 'CH', fqdn, 'TXT')).toContain('status: REFUSED');
  });

  it('keeps the case that was asked in', async () => {
    expect(await dig('PaY.gLoBaL.eXaMpLe', 'A')).toMatch(/^PaY\.gLoBaL\.eXaMpLe\.\s+30\s+IN\s+A\s+10\.1\.0\.1$/m);
  });

  it('is told the zone of a client subnet', async () => {
    const answer = await dig('+subnet=10.20.7.0/24', fqdn, 'A');
    expect(answer).toContain('CLIENT-SUBNET: 10.20.7.0/24/24');
    expect(answer).toMatch(/IN\s+A\s+10\.3\.0\.1/);
  });

  it('is told by UDP that there is more, and gets all of it over TCP', async () => {
    expect(await dig('+ignore', 'many.global.example', 'A')).toMatch(/flags: qr aa tc/);
    expect(await short('many.global.example', 'A')).toHaveLength(180);
    expect(await dig('many.global.example', 'A')).toContain('(TCP)');
    expect(await short('+tcp', '+keepopen', fqdn, 'A', 'ratio.global.example', 'AAAA')).toHaveLength(2);
  });

  it.each([
    ['Locality', fqdn, 1, { '10.1.0.1': 0.99, '10.2.0.1': 0.01 }],
    ['Ratio', 'ratio.global.example', 1, { '10.1.0.1': 0.7, '10.2.0.1': 0.29, '10.3.0.1': 0.01 }],
    ['RoundRobin', 'all.global.example', 3, { '10.1.0.1': 1 / 3, '10.2.0.1': 1 / 3, '10.3.0.1': 1 / 3 }],
  ])('counts 10,000 answers under %s within four standard deviations', async (_policy, name, each, expected) => {
    const first: Record<string, number> = {};
    for (let batch = 0; batch < 10; batch += 1) {
      const questions = Array.from({ length: 1000 }, () => [name, 'A']).flat();
      const told = await short(...questions);
      expect(told).toHaveLength(1000 * each);
      // Answers come one after the other, each as a block.
      for (let place = 0; place < told.length; place += each) first[told[place]!] = (first[told[place]!] ?? 0) + 1;
    }
    expect(Object.values(first).reduce((sum, count) => sum + count, 0)).toBe(10_000);
    for (const [address, share] of Object.entries(expected)) {
      const deviation = Math.sqrt(10_000 * share * (1 - share));
      expect(Math.abs((first[address] ?? 0) - 10_000 * share)).toBeLessThanOrEqual(4 * deviation);
    }
  });
});
