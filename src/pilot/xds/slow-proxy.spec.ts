import { connect } from 'node:http2';

import { anyOf, encode } from '../proto';
import { openAds } from '../testing/ads-client';
import { encoded } from '../testing/fixed-resource-source';
import { ack, CDS, NODE, startXds } from '../testing/xds-bench';

const PATH = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';

/** 4 MB of clusters, all new in each generation: more than a connection buffers for a client that does not read. */
function clusters(generation: number): ReturnType<typeof encoded>[] {
  return Array.from({ length: 40 }, (_none, index) =>
    encoded(
      `c${index}`,
      anyOf('envoy.config.cluster.v3.Cluster', {
        name: `c${index}`,
        altStatName: `${generation}`.padEnd(100_000, 'x'),
      }),
    ),
  );
}

it('a proxy that does not read holds up nobody, and what it missed is folded', async () => {
  const bench = await startXds();
  bench.source.set(CDS, clusters(0));
  const session = connect(`http://127.0.0.1:${bench.port}`);
  const slow = session.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' });
  slow.on('error', () => undefined);
  const body = encode('envoy.service.discovery.v3.DiscoveryRequest', { node: NODE, typeUrl: CDS });
  const header = Buffer.alloc(5);
  header.writeUInt32BE(body.length, 1);
  slow.write(Buffer.concat([header, body])); // and never reads
  await new Promise<void>((resolve) => bench.server.onProxiesChange(resolve));

  const quick = openAds(bench.port);
  quick.send({ node: { ...NODE, id: NODE.id.replace('gateway-1', 'gateway-2') }, typeUrl: CDS });
  quick.send(ack(await quick.next()));
  for (let generation = 1; generation <= 20; generation += 1) {
    bench.source.set(CDS, clusters(generation));
    quick.send(ack(await quick.next()));
  }
  const [first, second] = bench.server.proxies();
  expect([first?.name, second?.name]).toEqual(['gateway-1', 'gateway-2']);
  expect(first?.types.cds).toMatchObject({ state: 'STALE' });
  expect(first?.types.cds?.sentVersion).not.toBe(second?.types.cds?.sentVersion);

  const newest = second?.types.cds?.sentVersion;
  slow.resume(); // reads at last: what it was being sent, then only the newest
  await new Promise<void>((resolve) => {
    const stop = bench.server.onProxiesChange(() => {
      if (bench.server.proxies()[0]?.types.cds?.sentVersion !== newest) return;
      stop();
      resolve();
    });
  });
  quick.close();
  session.destroy();
  await bench.stop();
});
