import { createConnection } from 'node:net';

import { openAds } from '../testing/ads-client';
import { CDS, NODE, startXds } from '../testing/xds-bench';

describe('the door', () => {
  it('turns proxies away until the sources are read', async () => {
    const bench = await startXds();
    bench.source.ready = false;
    const ads = openAds(bench.port);
    ads.send({ node: NODE, typeUrl: CDS });
    expect(await ads.ended).toMatchObject({ code: 14, details: 'the primary has not read its clusters yet' });
    ads.close();
    await bench.stop();
  });

  it('names what is wrong with a node id', async () => {
    const bench = await startXds();
    const ads = openAds(bench.port);
    ads.send({ node: { id: 'gateway-1' }, typeUrl: CDS });
    const status = await ads.ended;
    expect(status.code).toBe(3);
    expect(status.details).toContain('node id "gateway-1" is not of the form type~ip~name.namespace~domain');
    ads.close();
    await bench.stop();
  });

  it('serves nothing to a caller that is not what it claims', async () => {
    const bench = await startXds(() => Promise.resolve({ code: 7, message: 'not your namespace' }));
    const ads = openAds(bench.port);
    ads.send({ node: NODE, typeUrl: CDS });
    expect(await ads.ended).toMatchObject({ code: 7, details: 'not your namespace' });
    expect(bench.server.proxies()).toEqual([]);
    ads.close();
    await bench.stop();
  });

  it('survives bytes that are not HTTP/2', async () => {
    const bench = await startXds();
    const socket = createConnection({ port: bench.port, host: '127.0.0.1' });
    await new Promise<void>((resolve) => {
      socket.once('close', resolve).on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50));
      socket.resume();
      socket.end();
    });
    const ads = openAds(bench.port);
    ads.send({ node: NODE, typeUrl: CDS });
    await ads.next();
    ads.close();
    await bench.stop();
  });
});
