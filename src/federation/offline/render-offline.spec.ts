import * as fc from 'fast-check';
import type { KubeObject } from '../../kube/schema';
import { FEDERATION_API_VERSION } from '../api';
import { renderOffline } from './render-offline';

const nowMs = Date.UTC(2026, 0, 1);
const fields = [
  'mesh',
  'hosts',
  'ports',
  'backend',
  'placement',
  'runtime',
  'exportTo',
  'http',
  'traffic',
  'overrides',
  'gateway',
  'rollout',
];

const fleet: KubeObject[] = [
  {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'Mesh',
    metadata: { name: 'prod' },
    spec: { trustDomain: 'prod.example' },
  },
  {
    apiVersion: FEDERATION_API_VERSION,
    kind: 'MemberCluster',
    metadata: { name: 'a' },
    spec: { region: 'east', zone: 'a', role: 'Gateway', meshes: ['prod'] },
  },
];

function accessPoint(spec: unknown): KubeObject {
  return { apiVersion: FEDERATION_API_VERSION, kind: 'AccessPoint', metadata: { name: 'x', namespace: 'shop' }, spec };
}

const good = {
  mesh: 'prod',
  hosts: ['a.example.com'],
  ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
  backend: { service: { name: 'x' }, selector: { app: 'x' } },
  placement: { zones: ['east/a'] },
};

describe('renderOffline', () => {
  it('renders what is right', () => {
    const { manifests, findings } = renderOffline([...fleet, accessPoint(good)], nowMs);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(manifests.length).toBeGreaterThan(0);
  });

  it('answers any input with findings that name a field, and never falls over', () => {
    const junk = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    fc.assert(
      fc.property(junk, (spec) => {
        const { manifests, findings } = renderOffline([...fleet, accessPoint(spec)], nowMs);
        const errors = findings.filter(({ severity }) => severity === 'error');
        expect(errors.length > 0 || manifests.length > 0).toBe(true);
        expect(errors.every(({ path, message }) => path !== undefined && path !== '' && message !== '')).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('names the field when one field of a good access point goes bad', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 2 }), (field, value) => {
        const { findings } = renderOffline([...fleet, accessPoint({ ...good, [field]: value })], nowMs);
        const errors = findings.filter(({ severity, code }) => severity === 'error' && code === 'FLO3018');
        expect(errors.every(({ path }) => path?.startsWith(`spec.${field}`))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
