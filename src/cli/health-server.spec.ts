import { Counter, Registry } from 'prom-client';
import { silentLogger } from '../kernel';
import { HealthServer } from './health-server';

const registry = new Registry();
new Counter({ name: 'seen_total', help: 'Seen.', registers: [registry] }).inc();
let reason: string | undefined;
let server: HealthServer;

const options = { address: '127.0.0.1:0', registry, notReady: () => reason, logger: silentLogger };

beforeAll(async () => {
  server = await HealthServer.listen(options);
});
afterAll(() => server.close());

async function get(path: string): Promise<[number, string]> {
  const response = await fetch(`http://${server.address}${path}`);
  return [response.status, await response.text()];
}

describe('the health server', () => {
  it('is alive from the start, and ready when the process says so', async () => {
    reason = 'the hub has not read its objects yet';
    expect(await get('/livez')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([503, 'the hub has not read its objects yet\n']);
    reason = undefined;
    expect(await get('/readyz?verbose')).toEqual([200, 'ok\n']);
  });

  it('shows the metrics of the process', async () => {
    const [status, text] = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('seen_total 1');
    expect((await get('/other'))[0]).toBe(404);
  });

  it('refuses addresses that it cannot listen on', async () => {
    await expect(HealthServer.listen({ ...options, address: 'here' })).rejects.toMatchObject({ code: 'FLO3103' });
    await expect(HealthServer.listen({ ...options, address: server.address })).rejects.toMatchObject({
      code: 'FLO3103',
    });
  });
});
