import fc from 'fast-check';
import { answerQuery, answerTurns } from './answer-query';
import { type AnswerMember, type AnswerName, buildNameTable } from './name-table';

const zones = ['east/east-1', 'east/east-2', 'west/west-1'];

function member(zone: string, address: string, healthy = true, ratio = 1): AnswerMember {
  return { zone, addresses: [address], healthy, target: zone, ratio };
}

function named(overrides: Partial<AnswerName> = {}): AnswerName {
  return {
    fqdn: 'pay.global.example',
    ttlSeconds: 30,
    policy: 'Locality',
    members: [member(zones[0]!, '10.1.0.1'), member(zones[1]!, '10.2.0.1'), member(zones[2]!, '10.3.0.1')],
    ports: [{ name: 'http', number: 80, transport: 'tcp' }],
    localPercent: 99,
    nearest: { 'east/east-1': ['east/east-2', 'west/west-1'] },
    owner: 'shop/pay',
    ...overrides,
  };
}

function ask(name: AnswerName, type: string, options: { name?: string; turn?: number; clientZone?: string } = {}) {
  const { turn = 0, clientZone = 'east/east-1' } = options;
  return answerQuery(buildNameTable([name], 7), { name: options.name ?? name.fqdn, type, turn, clientZone });
}

/** How often each address is answered in one cycle of `turns` questions. */
function counts(name: AnswerName, clientZone: string, turns: number): Record<string, number> {
  const seen: Record<string, number> = {};
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { data } of ask(name, 'A', { turn, clientZone }).answers)
      seen[String(data)] = (seen[String(data)] ?? 0) + 1;
  }
  return seen;
}

describe('policies', () => {
  it('Locality keeps 99 % in the client zone and proves the nearest with 1 %', () => {
    expect(counts(named(), 'east/east-1', 10_000)).toEqual({ '10.1.0.1': 9900, '10.2.0.1': 100 });
  });

  it('Locality goes to the nearest zone when the local one is out', () => {
    const name = named({
      members: [member(zones[0]!, '10.1.0.1', false), member(zones[1]!, '10.2.0.1'), member(zones[2]!, '10.3.0.1')],
    });
    expect(counts(name, 'east/east-1', 100)).toEqual({ '10.2.0.1': 100 });
  });

  it('Ratio is exact to the question', () => {
    const members = [
      member(zones[0]!, '10.1.0.1', true, 70),
      member(zones[1]!, '10.2.0.1', true, 29),
      member(zones[2]!, '10.3.0.1', true, 1),
    ];
    expect(counts(named({ policy: 'Ratio', members }), 'x/y', 10_000)).toEqual({
      '10.1.0.1': 7000,
      '10.2.0.1': 2900,
      '10.3.0.1': 100,
    });
  });

  it('RoundRobin answers all and rotates who comes first', () => {
    const firsts = [0, 1, 2].map((turn) =>
      ask(named({ policy: 'RoundRobin' }), 'A', { turn }).answers.map(({ data }) => data),
    );
    expect(firsts.map((addresses) => addresses.length)).toEqual([3, 3, 3]);
    expect(firsts.map(([first]) => first)).toEqual(['10.1.0.1', '10.2.0.1', '10.3.0.1']);
  });

  it('answers a name elsewhere as CNAME, alone', () => {
    const name = named({
      policy: 'RoundRobin',
      members: [
        { addresses: [], alias: 'pay.other.example', healthy: true, target: 'pay.other.example', ratio: 1 },
        member(zones[0]!, '10.1.0.1'),
      ],
    });
    expect(ask(name, 'A').answers).toEqual([
      { name: 'pay.global.example', type: 'CNAME', ttl: 30, data: 'pay.other.example' },
    ]);
    expect(ask(name, 'A', { turn: 1 }).answers.map(({ data }) => data)).toEqual(['10.1.0.1']);
  });
});

describe('negative answers', () => {
  it('NODATA for a type that the name has not, with the SOA', () => {
    const answer = ask(named(), 'AAAA');
    expect([answer.rcode, answer.answers.length, answer.authorities[0]?.type]).toEqual(['NOERROR', 0, 'SOA']);
  });

  it.each([
    ['nothing.global.example', 'NXDOMAIN'],
    ['elsewhere.test', 'REFUSED'],
    ['_tcp.pay.global.example', 'NOERROR'],
    ['global.example', 'NOERROR'],
  ])('%s → %s', (name, rcode) => expect(ask(named(), 'A', { name }).rcode).toBe(rcode));
});

describe('other types', () => {
  it('SRV names each zone, with its addresses beside', () => {
    const answer = ask(named(), 'SRV', { name: '_http._tcp.pay.global.example' });
    expect(answer.answers.map(({ data }) => data)).toEqual([
      { priority: 0, weight: 99, port: 80, target: 'east-east-1.pay.global.example' },
      { priority: 0, weight: 1, port: 80, target: 'east-east-2.pay.global.example' },
    ]);
    expect(answer.additionals.map(({ name, data }) => [name, data])).toContainEqual([
      'east-east-1.pay.global.example',
      '10.1.0.1',
    ]);
  });

  it('a zone name answers with that zone only', () => {
    expect(ask(named(), 'A', { name: 'west-west-1.pay.global.example' }).answers.map(({ data }) => data)).toEqual([
      '10.3.0.1',
    ]);
  });

  it('keeps the case it was asked in', () => {
    expect(ask(named(), 'A', { name: 'PaY.Global.example' }).answers[0]?.name).toBe('PaY.Global.example');
  });

  it('SOA and NS at the apex', () => {
    expect(ask(named(), 'SOA', { name: 'global.example' }).answers[0]?.data).toMatchObject({
      serial: 7,
      mname: 'ns.global.example',
    });
    expect(ask(named(), 'NS', { name: 'global.example' }).answers[0]?.data).toBe('ns.global.example');
  });
});

it('never answers an empty set while any target exists, whatever is unhealthy', () => {
  const anyMember = fc.record({
    zone: fc.constantFrom(...zones),
    addresses: fc.array(fc.ipV4(), { minLength: 1, maxLength: 3 }),
    healthy: fc.boolean(),
    target: fc.constantFrom('a', 'b', 'c'),
    ratio: fc.integer({ min: 0, max: 100 }),
  });
  const anyName = fc.record({
    policy: fc.constantFrom('RoundRobin' as const, 'Locality' as const, 'Ratio' as const),
    members: fc.array(anyMember, { minLength: 1, maxLength: 8 }),
    localPercent: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(
      anyName,
      fc.option(fc.constantFrom(...zones, 'far/away'), { nil: undefined }),
      fc.nat(),
      (overrides, clientZone, turn) => {
        const table = buildNameTable([named(overrides)], 1);
        const query = {
          name: 'pay.global.example',
          type: 'A',
          turn,
          ...(clientZone === undefined ? {} : { clientZone }),
        };
        expect(answerQuery(table, query).answers.length).toBeGreaterThan(0);
      },
    ),
  );
});

describe('names that lead to names of this server', () => {
  const next = named({ fqdn: 'b.global.example', policy: 'RoundRobin' });
  const alias: AnswerMember = { addresses: [], alias: next.fqdn, healthy: true, target: next.fqdn, ratio: 3 };
  const other = { ...member(zones[0]!, '10.9.0.1'), ratio: 1 };
  const table = buildNameTable([named({ policy: 'Ratio', members: [alias, other] }), next], 7);
  const told = (turn: number, type = 'A') => answerQuery(table, { name: 'Pay.global.example', type, turn }).answers;

  it('bring the answers of those along, so that nobody has to ask twice', () => {
    const chains = [0, 1, 2, 3].map((turn) => told(turn)).filter(([first]) => first?.type === 'CNAME');
    expect(chains).toHaveLength(3);
    for (const [cname, ...addresses] of chains) {
      expect(cname).toMatchObject({ name: 'Pay.global.example', data: 'b.global.example' });
      expect(addresses.map(({ name, data }) => `${name} ${String(data)}`).sort()).toEqual(
        ['10.1.0.1', '10.2.0.1', '10.3.0.1'].map((address) => `b.global.example ${address}`),
      );
    }
    expect(told(0, 'CNAME')).toHaveLength(1);
  });

  it('turn both: a cycle of the one for every answer of the other', () => {
    const { cycle, placeOf } = answerTurns(table, { name: 'pay.global.example', type: 'A' });
    expect(cycle).toBe(4 * 3);
    const firsts: Record<string, number> = {};
    for (let turn = 0; turn < cycle; turn += 1) {
      const first = told(placeOf(turn)).find(({ type }) => type === 'A');
      firsts[String(first?.data)] = (firsts[String(first?.data)] ?? 0) + 1;
    }
    expect(firsts).toEqual({ '10.9.0.1': 3, '10.1.0.1': 3, '10.2.0.1': 3, '10.3.0.1': 3 });
  });

  it('end, should they ever lead in a circle', () => {
    const circle = (fqdn: string, to: string) => named({ fqdn, members: [{ ...alias, alias: to }] });
    const round = buildNameTable([circle('a.x.example', 'b.x.example'), circle('b.x.example', 'a.x.example')], 1);
    expect(answerQuery(round, { name: 'a.x.example', type: 'A', turn: 0 }).answers).toHaveLength(9);
    expect(answerTurns(round, { name: 'a.x.example', type: 'A' }).cycle).toBe(1);
  });
});

describe('a name above another one', () => {
  const above = (members: readonly AnswerMember[]) =>
    buildNameTable([named({ fqdn: 'global.example', members }), named()], 7);
  const asked = (table: ReturnType<typeof above>, type: string, name = 'global.example') =>
    answerQuery(table, { name, type, turn: 0 });

  it('is the apex of its zone as well: SOA and NS beside its addresses', () => {
    const table = above([member(zones[0]!, '10.8.0.1')]);
    expect(asked(table, 'A').answers.map(({ data }) => data)).toEqual(['10.8.0.1']);
    expect(asked(table, 'SOA').answers[0]?.type).toBe('SOA');
    expect(asked(table, 'NS').answers[0]?.type).toBe('NS');
  });

  it('is no apex when it is an alias, because that stands alone', () => {
    const table = above([{ addresses: [], alias: 'pay.other.example', healthy: true, target: 'other', ratio: 1 }]);
    expect(asked(table, 'A').answers.map(({ type }) => type)).toEqual(['CNAME']);
    expect(asked(table, 'SOA')).toMatchObject({ answers: [], authorities: [{ type: 'SOA', name: 'example' }] });
    expect(asked(table, 'A', 'no.global.example').authorities[0]?.name).toBe('example');
  });
});
