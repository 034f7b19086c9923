import fc from 'fast-check';
import { LoadTable } from './load-table';
import { serviceLoads } from './service-load';

const HOST = 'checkout.example';
const load = (zone: string, requests: number, hostname = HOST) => ({ hostname, zone, requests });

describe('LoadTable', () => {
  it('knows nothing of a host that nothing went to', () => {
    expect(new LoadTable().sharesOf(HOST, 0)).toBeUndefined();
  });

  it('adds up what several proxies report', () => {
    const table = new LoadTable();
    table.add([load('east/east-1', 90), load('west/west-1', 1)], 1_000);
    table.add([load('east/east-1', 9)], 2_000);
    expect([...table.sharesOf(HOST, 3_000)!]).toEqual([
      ['east/east-1', 99],
      ['west/west-1', 1],
    ]);
  });

  it('forgets what has left the window, and hosts that nothing is left of', () => {
    const table = new LoadTable({ windowMs: 10_000, maxHosts: 1 });
    table.add([load('east/east-1', 10)], 500);
    table.add([load('west/west-1', 10)], 9_500);
    expect(table.sharesOf(HOST, 9_999)).toEqual(
      new Map([
        ['east/east-1', 50],
        ['west/west-1', 50],
      ]),
    );
    expect(table.sharesOf(HOST, 10_500)).toEqual(new Map([['west/west-1', 100]]));
    expect(table.sharesOf(HOST, 30_000)).toBeUndefined();
    table.add([load('east/east-1', 1, 'cart.example')], 30_000);
    expect(table.sharesOf('cart.example', 30_000)).toEqual(new Map([['east/east-1', 100]]));
  });

  it('has a bound on hosts and zones, whatever proxies tell', () => {
    const table = new LoadTable({ maxHosts: 2, maxZonesPerHost: 2 });
    table.add(
      ['a', 'b', 'c'].flatMap((host) => ['1', '2', '3'].map((zone) => load(zone, 1, host))),
      0,
    );
    expect(table.sharesOf('b', 0)?.size).toBe(2);
    expect(table.sharesOf('c', 0)).toBeUndefined();
  });

  it('equals a plain count of the buckets within the window, for any reports', () => {
    const reports = fc.array(fc.tuple(fc.nat(400), fc.constantFrom('a/1', 'b/2'), fc.integer({ min: 1, max: 50 })));
    fc.assert(
      fc.property(reports, (unordered) => {
        const ordered = [...unordered].sort(([left], [right]) => left - right);
        const table = new LoadTable({ windowMs: 100 });
        for (const [atMs, zone, requests] of ordered) table.add([load(zone, requests)], atMs);
        const nowMs = ordered.at(-1)?.[0] ?? 0;
        const inWindow = ordered.filter(([atMs]) => Math.floor(nowMs / 10) - Math.floor(atMs / 10) < 10);
        const of = (wanted: string) => inWindow.reduce((sum, [, zone, n]) => sum + (zone === wanted ? n : 0), 0);
        const total = of('a/1') + of('b/2');
        const shares = table.sharesOf(HOST, nowMs);
        for (const zone of ['a/1', 'b/2']) {
          expect(shares?.get(zone) ?? 0).toBe(total === 0 ? 0 : Math.round((100 * of(zone)) / total));
        }
      }),
    );
  });
});

describe('serviceLoads', () => {
  const locality = { region: 'east', zone: 'east-1' };
  const reportOf = (clusterName: string, stats: object) =>
    serviceLoads({ clusterStats: [{ clusterName, upstreamLocalityStats: [stats] }] });

  it('reads the host of outbound clusters', () => {
    expect(reportOf('outbound|80|v1|checkout.example', { locality, totalIssuedRequests: '7' })).toEqual([
      { hostname: HOST, zone: 'east/east-1', requests: 7 },
    ]);
    expect(reportOf('inbound|8080||', { locality, totalIssuedRequests: '7' })).toEqual([]);
    expect(reportOf('PassthroughCluster', { locality, totalIssuedRequests: '7' })).toEqual([]);
  });

  it('counts what was begun, else what ended, else connections', () => {
    const of = (stats: object) => reportOf('outbound|80||checkout.example', { locality, ...stats })[0]?.requests;
    expect(of({ totalIssuedRequests: '7', totalSuccessfulRequests: '5' })).toBe(7);
    expect(of({ totalSuccessfulRequests: '5', totalErrorRequests: '1' })).toBe(6);
    expect(of({ totalNewConnections: '3' })).toBe(3);
    expect(of({})).toBeUndefined();
    expect(of({ totalIssuedRequests: 'many' })).toBeUndefined();
  });

  it('leaves out endpoints without a zone', () => {
    expect(
      reportOf('outbound|80||checkout.example', { locality: { region: 'east' }, totalIssuedRequests: '7' }),
    ).toEqual([]);
  });
});
