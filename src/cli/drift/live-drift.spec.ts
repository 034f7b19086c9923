import { annotations, type Bundle } from '../../federation/api';
import type { KubeObject } from '../../kube/schema';
import { liveDrift, type ReadingClient } from './live-drift';

const endMs = Date.UTC(2026, 0, 1, 12);
const ZONE = 'east/east-1';

function rule(to: Record<string, number>, order: readonly string[]): KubeObject {
  return {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
    metadata: {
      ...{ name: 'checkout', namespace: 'shop' },
      labels: { 'app.kubernetes.io/managed-by': 'flotilla', 'federation.flotilla.dev/bundle': 'web' },
      annotations: {
        ...(order.length === 0 ? {} : { [annotations.failoverOrder]: JSON.stringify({ [ZONE]: order }) }),
        [annotations.drains]: JSON.stringify({ [ZONE]: '2026-01-01T12:00:00Z' }),
        [annotations.poolLocality]: JSON.stringify({
          ...{ localPercent: 99, remote: 'Nearest', failoverOrder: [] },
          ...{ members: [ZONE, 'east/east-2'], localOnly: [] },
        }),
      },
    },
    spec: {
      host: 'checkout.shop.example.com',
      trafficPolicy: { loadBalancer: { localityLbSetting: { distribute: [{ from: `${ZONE}/*`, to }] } } },
    },
  };
}

const drained = rule({ 'east/east-2/*': 100 }, [ZONE]);
const bundle = {
  ...{ apiVersion: 'federation.flotilla.dev/v1alpha1', kind: 'Bundle', metadata: { name: 'web' } },
  spec: { cluster: 'east-1', zone: ZONE, manifests: [drained] },
} as unknown as Bundle;

/** A cluster that has one object. */
function having(object: KubeObject): ReadingClient {
  const client = {
    kindOf: () => Promise.resolve({}),
    list: () => Promise.resolve({ items: [object] }),
    get: () => Promise.resolve(object),
  };
  return client as unknown as ReadingClient;
}

async function paths(live: KubeObject, nowMs: number, weightsMove = false): Promise<string[]> {
  const rows = await liveDrift(having(live), [bundle], { nowMs, weightsMove });
  return rows.map(({ path }) => path);
}

describe('liveDrift', () => {
  const ended = rule({ [`${ZONE}/*`]: 99, 'east/east-2/*': 1 }, []);

  it('takes the end of a drain, which a zone carries out by itself, for what is wanted then', async () => {
    expect(await paths(drained, endMs - 1)).toEqual([]);
    expect(await paths(ended, endMs)).toEqual([]);
    expect(await paths(ended, endMs - 1)).not.toEqual([]);
    expect(await paths(drained, endMs)).not.toEqual([]);
  });

  it('says nothing of weights where the zone moves them for an upstream istiod, but of everything else', async () => {
    const moved = rule({ 'west/west-1/*': 100 }, [ZONE]);
    expect(await paths(moved, endMs - 1)).not.toEqual([]);
    expect(await paths(moved, endMs - 1, true)).toEqual([]);
    const renamed = { ...moved, spec: { ...(moved.spec as object), host: 'other.example.com' } };
    expect(await paths(renamed, endMs - 1, true)).toEqual(['spec.host']);
  });
});
