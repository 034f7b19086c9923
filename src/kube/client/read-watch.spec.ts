import type { KubeObject } from '../schema';
import type { KubeApiError } from './kube-api-error';
import { readWatch } from './read-watch';
import type { ApiStream } from './transport';

const subject = { cluster: 'east-1', verb: 'watching', kind: 'Service' };

function streamOf(chunks: readonly string[], signs: string[] = []): ApiStream {
  return {
    chunks: (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })(),
    touch: () => signs.push('touch'),
    explain: (cause) => cause as KubeApiError,
    close: () => signs.push('close'),
  };
}

function event(type: string, annotations: Record<string, string> = {}): string {
  const metadata = { name: 'a', resourceVersion: '1', annotations };
  return `${JSON.stringify({ type, object: { apiVersion: 'v1', kind: 'Service', metadata } })}\n`;
}

describe('readWatch', () => {
  it('lets others have their turn however much is buffered', async () => {
    const chunk = event('MODIFIED', { text: 'x'.repeat(500) }).repeat(100);
    let turns = 0;
    let isReading = true;
    const count = (): void => {
      turns += 1;
      if (isReading) setImmediate(count);
    };
    setImmediate(count);
    let events = 0;
    const startedMs = performance.now();
    for await (const batch of readWatch<KubeObject>(streamOf(Array<string>(300).fill(chunk)), subject)) {
      events += batch.length;
    }
    isReading = false;
    expect(events).toBe(30_000);
    expect(turns).toBeGreaterThan((performance.now() - startedMs) / 100);
  });

  it('reports each sign of life, and closes the stream at the end', async () => {
    const signs: string[] = [];
    const chunks = [event('ADDED'), event('MODIFIED').slice(0, 10), event('MODIFIED').slice(10)];
    for await (const batch of readWatch<KubeObject>(streamOf(chunks, signs), subject)) signs.push(`${batch.length}`);
    expect(signs).toEqual(['touch', '1', 'touch', 'touch', '1', 'close']);
  });

  it('delivers what came before an ERROR event of any kind', async () => {
    const error = JSON.stringify({
      type: 'ERROR',
      object: { kind: 'Status', code: 504, reason: 'Timeout', message: 'busy' },
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of readWatch<KubeObject>(streamOf([`${event('ADDED')}${error}\n`]), subject)) {
        seen.push(...batch.map(({ type }) => type));
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'FLO2009', statusCode: 504 });
    expect(seen).toEqual(['ADDED']);
  });
});
