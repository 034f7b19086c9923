import type { KubeObject } from '../../kube/schema';
import { DRIFT_SHOWN_MS, driftEntries, noDrift, observeDrift, recallDrift, repaired } from './drift-memory';

const object: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout', namespace: 'shop' } };
const drift = [{ object, differences: [{ path: 'spec.type', wanted: 'ClusterIP', found: 'NodePort' }] }];
const startMs = Date.UTC(2026, 5, 1);

describe('the memory of drift', () => {
  it('keeps when something was first seen, over repairs and restarts', () => {
    const first = observeDrift(noDrift, drift, startMs);
    const second = observeDrift(first, drift, startMs + 60_000);
    const entry = {
      ...{ object: 'Service/shop/checkout', path: 'spec.type', wanted: 'ClusterIP', found: 'NodePort' },
      firstSeen: '2026-06-01T00:00:00Z',
    };
    expect(driftEntries(second)).toEqual([entry]);
    const recalled = recallDrift(driftEntries(second), startMs + 120_000);
    expect(driftEntries(observeDrift(recalled, drift, startMs + 180_000))).toEqual([entry]);
  });

  it('forgets what stayed quiet, together with the count of repairs', () => {
    const seen = repaired(observeDrift(noDrift, drift, startMs), startMs);
    expect(observeDrift(seen, [], startMs + DRIFT_SHOWN_MS - 1).entries).toHaveLength(1);
    expect(observeDrift(seen, [], startMs + DRIFT_SHOWN_MS)).toEqual(noDrift);
  });

  it('waits longer from repair to repair, up to a minute', () => {
    let memory = observeDrift(noDrift, drift, startMs);
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      memory = repaired(memory, startMs);
      waits.push(memory.nextRepairMs - startMs);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });
});
