import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../kernel';
import { defaultRequestLimits, RequestGate } from '../limits/request-limits';
import { resolveRequestInfo } from '../request/request-info';
import { ObjectStore } from '../storage';
import { ServerMetrics } from './server-metrics';

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-metrics-'));
  store = await ObjectStore.open(folder, silentLogger);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('ServerMetrics', () => {
  it('has no series for what strangers make up', async () => {
    const gate = new RequestGate(defaultRequestLimits, () => 0);
    const metrics = new ServerMetrics({ store, gate, isServed: ({ plural }) => plural === 'pods' });
    const count = async (): Promise<number> => (await metrics.text()).split('\n').length;
    const observe = (method: string, url: string): void => metrics.observe(resolveRequestInfo(method, url), 404, 0.1);
    observe('GET', '/api/v1/namespaces/a/pods/b/status');
    observe('GET', '/api/v1/namespaces/a/pods/b/first');
    observe('GET', '/apis/first/v1/first/x/y');
    observe('FIRST', '/first');
    const before = await count();
    for (let number = 0; number < 50; number += 1) {
      observe('GET', `/apis/group-${number}/v${number}/things-${number}/x/y-${number}`);
      observe('GET', `/api/v1/namespaces/a/pods/b/made-up-${number}`);
      observe(`METHOD${number}`, `/path-${number}`);
    }
    expect(await count()).toBe(before);
    expect(await metrics.text()).toContain('resource="pods",subresource="status"');
  });
});
