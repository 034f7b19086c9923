import { ManualClock, silentLogger } from '../../kernel';
import { GrpcServer } from '../grpc';
import { openLoadReports } from '../testing/ads-client';
import { anyone, NODE } from '../testing/xds-bench';
import type { AuthorizeProxy } from '../xds';
import { LoadReporting } from './load-reporting';

const HOST = 'checkout.example';

/** A report of so many requests to a zone. */
function report(zone: string, requests: number) {
  const upstreamLocalityStats = [{ locality: { region: 'east', zone }, totalIssuedRequests: String(requests) }];
  return { clusterStats: [{ clusterName: `outbound|80||${HOST}`, upstreamLocalityStats }] };
}

async function start(authorize: AuthorizeProxy = anyone) {
  const clock = new ManualClock();
  const load = new LoadReporting({ clock, logger: silentLogger });
  const grpc = new GrpcServer({ methods: load.methods(authorize), clock, logger: silentLogger });
  const stream = openLoadReports(await grpc.listen('127.0.0.1', 0));
  const stop = async (): Promise<void> => {
    stream.close();
    await grpc.stop(0);
  };
  return { load, stream, stop };
}

describe('load reporting', () => {
  it('asks a proxy for all of its clusters, and keeps what it reports', async () => {
    const { load, stream, stop } = await start();
    stream.send({ node: NODE });
    expect(await stream.next()).toEqual({ sendAllClusters: true, loadReportingInterval: '10s' });
    stream.send(report('east-1', 99));
    stream.send({ clusterStats: [] });
    stream.send(report('east-2', 1));
    stream.end();
    expect(await stream.ended).toMatchObject({ code: 0 });
    expect(load.sharesOf(HOST)).toEqual(
      new Map([
        ['east/east-1', 99],
        ['east/east-2', 1],
      ]),
    );
    await stop();
  });

  it('takes nothing from a caller that is not what it claims', async () => {
    const { load, stream, stop } = await start(() => Promise.resolve({ code: 7, message: 'not your namespace' }));
    stream.send({ node: NODE, ...report('east-1', 99) });
    expect(await stream.ended).toMatchObject({ code: 7, details: 'not your namespace' });
    expect(load.sharesOf(HOST)).toBeUndefined();
    await stop();
  });

  it('names what is wrong with a node id', async () => {
    const { stream, stop } = await start();
    stream.send({ node: { id: 'gateway-1' } });
    const { code, details } = await stream.ended;
    expect(code).toBe(3);
    expect(details).toContain('node id "gateway-1" is not of the form');
    await stop();
  });
});
