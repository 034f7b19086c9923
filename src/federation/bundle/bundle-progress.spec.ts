import type { Bundle, BundleSpec, BundleStatus } from '../api';
import { bundleIdentity } from '../release';
import { bundleProgress } from './bundle-progress';

const wanted: BundleSpec = {
  cluster: 'a',
  zone: 'east/a',
  mesh: 'prod',
  owner: { kind: 'AccessPoint', namespace: 'shop', name: 'checkout' },
  revision: 'r',
  digest: 'd',
  epoch: 0,
  manifests: [],
};

function found(status: BundleStatus | undefined, digest = 'd'): Bundle {
  const { metadata, ...rest } = bundleIdentity({ kind: 'AccessPoint', namespace: 'shop', name: 'checkout' }, 'a');
  return {
    ...rest,
    metadata: { ...metadata, generation: 3 },
    spec: { ...wanted, digest },
    ...(status ? { status } : {}),
  };
}

describe('bundleProgress', () => {
  it.each([
    ['no bundle there', undefined, 'Waiting'],
    ['an older bundle there', found({ phase: 'Applied', appliedDigest: 'old' }, 'old'), 'Waiting'],
    ['no report yet', found(undefined), 'Waiting'],
    ['an older digest applied', found({ phase: 'Applied', appliedDigest: 'old' }), 'Waiting'],
    ['applied', found({ phase: 'Applied', appliedDigest: 'd' }), 'Applied'],
    [
      'routes not acknowledged',
      found({ phase: 'Applied', appliedDigest: 'd', routeConfigured: { acked: 1, total: 2 } }),
      'Waiting',
    ],
    [
      'routes acknowledged',
      found({ phase: 'Applied', appliedDigest: 'd', routeConfigured: { acked: 2, total: 2 } }),
      'Applied',
    ],
    ['failed', found({ phase: 'Failed', observedGeneration: 3 }), 'Failed'],
    ['failed at an older generation', found({ phase: 'Failed', observedGeneration: 2 }), 'Waiting'],
  ])('%s', (_title, bundle, state) => {
    expect(bundleProgress(wanted, bundle).state).toBe(state);
  });
});
