import type { KubeObject } from '../schema';
import type { KubeApiError } from './kube-api-error';
import { readWatch } from './read-watch';
import type { ApiStream } from './transport';

const subject = { cluster: 'east-1', verb: 'watching', kind: 'Service' };
const limits = { initialMs: 10, inactivityMs: 90 };

function streamOf(chunks: readonly string[], touched: number[] = []): ApiStream {
  return {
    chunks: (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })(),
    touch: (limitMs) => touched.push(limitMs),
    explain: (cause) => cause as KubeApiError,
    close: () => touched.push(0),
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
    for await (const batch of readWatch<KubeObject>(streamOf(Array<string>(300).fill(chunk)), subject, limits)) {
      events += batch.length;
    }
    isReading = false;
    expect(events).toBe(30_000);
    expect(turns).toBeGreaterThan((performance.now() - startedMs) / 100);
  });

  it('is less patient until the initial events are complete', async () => {
    const touched: number[] = [];
    const chunks = [event('ADDED'), event('BOOKMARK', { 'k8s.io/initial-events-end': 'true' }), event('MODIFIED')];
    for await (const batch of readWatch<KubeObject>(streamOf(chunks, touched), subject, limits))
      expect(batch).toHaveLength(1);
    expect(touched).toEqual([10, 90, 90, 0]);
  });

  it('delivers what came before an ERROR event of any kind', async () => {
    const error = JSON.stringify({
      type: 'ERROR',
      object: { kind: 'Status', code: 504, reason: 'Timeout', message: 'busy' },
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of readWatch<KubeObject>(streamOf([`${event('ADDED')}${error}\n`]), subject, limits)) {
        seen.push(...batch.map(({ type }) => type));
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'FLO2009', statusCode: 504 });
    expect(seen).toEqual(['ADDED']);
  });
});
