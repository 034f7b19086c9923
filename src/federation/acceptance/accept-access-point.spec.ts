import type { AccessPoint } from '../../accesspoint';
import { accessPointKind } from '../../accesspoint';
import { apiVersionOfKind, type KubeObject, parseObject } from '../../kube/schema';
import { FEDERATION_API_VERSION } from '../api';
import { hubObjectsOf } from '../offline';
import { judgeAccessPoint } from './accept-access-point';

function member(name: string, zone: string): KubeObject {
  const spec = { region: 'east', zone, role: 'Gateway', meshes: ['prod'] };
  return { apiVersion: FEDERATION_API_VERSION, kind: 'MemberCluster', metadata: { name }, spec };
}

const mesh = { kind: 'Mesh', metadata: { name: 'prod' }, spec: { trustDomain: 'prod.example' } };
const lookups = hubObjectsOf([
  { apiVersion: FEDERATION_API_VERSION, ...mesh },
  member('a', 'east-1'),
  member('b', 'east-2'),
]);

function accessPoint(spec: Record<string, unknown>): AccessPoint {
  const { value, issues } = parseObject(accessPointKind, {
    apiVersion: apiVersionOfKind(accessPointKind),
    kind: accessPointKind.kind,
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: {
      mesh: 'prod',
      hosts: ['checkout.shop.example.com'],
      ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
      backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
      placement: { zones: ['east/east-1'] },
      ...spec,
    },
  });
  if (value === undefined) throw new Error(issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
  return value;
}

/** Code and path of what is found; `refused` when nothing of it is accepted. */
function judged(spec: Record<string, unknown>): string[] {
  const { accepted, findings } = judgeAccessPoint(accessPoint(spec), lookups, new Set());
  const rows = findings.map(({ code, path = '' }) => `${code} ${path}`);
  return accepted === undefined ? ['refused', ...rows] : rows;
}

const wrongPort = [
  { name: 'http', number: 80, protocol: 'HTTP' },
  { name: 'web', number: 80, protocol: 'HTTP' },
];
const wrongTemplate = { destinationRules: [{ spec: { trafficPolicy: { outlierDetection: { interval: '0s' } } } }] };
const wrongOverride = [{ object: { kind: 'Gateway' }, jsonPatch: [{ op: 'remove', path: '/spec/nothing' }] }];
const TEMPLATE = 'FLO8010 spec.traffic.destinationRules[0].spec.trafficPolicy.outlierDetection.interval';

describe('judgeAccessPoint', () => {
  it('accepts what is right', () => {
    expect(judged({})).toEqual([]);
  });

  it('tells what is wrong with the spec, its templates and its overrides at once', () => {
    const rows = judged({ ports: wrongPort, traffic: wrongTemplate, overrides: wrongOverride });
    expect(rows[0]).toBe('refused');
    expect(rows.filter((row) => row.includes(' spec.ports[1]'))).toHaveLength(1);
    expect(rows).toContain(TEMPLATE);
    expect(rows).toContain('FLO3024 spec.overrides[0]');
  });

  it('judges templates also where the mesh is not known, or no zone is', () => {
    expect(judged({ mesh: 'prd', traffic: wrongTemplate })).toEqual(['refused', 'FLO3001 spec.mesh', TEMPLATE]);
    expect(judged({ placement: { zones: ['east/nowhere'] }, traffic: wrongTemplate })).toEqual([
      'refused',
      'FLO3002 spec.placement.zones[0]',
      TEMPLATE,
    ]);
  });

  it('tells what is wrong with its placement beside what is wrong with the rest', () => {
    const placement = { policyRef: { name: 'eastern' } };
    expect(judged({ ports: wrongPort, placement })).toEqual([
      'refused',
      'FLO3007 spec.ports[1].number',
      'FLO3029 spec.placement.policyRef.name',
    ]);
  });

  it('takes a drain of a zone that is not there, with a warning', () => {
    const runtime = { drain: [{ zone: 'east/east-9', until: '2099-01-01T00:00:00Z' }] };
    expect(judged({ runtime })).toEqual(['FLO3002 spec.runtime.drain[0].zone']);
  });

  it('refuses Services that no API server would take, at the field that an override or a template writes', () => {
    const ports = [{ object: { kind: 'Service', name: 'checkout' }, mergePatch: { spec: { ports: null } } }];
    expect(judged({ overrides: ports })).toEqual(['refused', 'FLO3027 spec.overrides[0].mergePatch.spec.ports']);
    const services = [{ metadata: { name: 'admin' }, spec: { ports: [{ port: 'eighty' }] } }];
    expect(judged({ traffic: { services } })).toEqual([
      'refused',
      'FLO3034 spec.traffic.services[0].spec.ports[0].port',
    ]);
  });

  it('does not hold against overrides that it cannot know where the access point goes', () => {
    const overrides = [{ target: { zones: ['east/east-2'] }, object: { kind: 'Gateway' }, mergePatch: { spec: {} } }];
    expect(judged({ mesh: 'prd', overrides })).toEqual(['refused', 'FLO3001 spec.mesh']);
    expect(judged({ placement: { zones: ['east/nowhere'] }, overrides })).toEqual([
      'refused',
      'FLO3002 spec.placement.zones[0]',
    ]);
    expect(judged({ overrides })).toEqual(['refused', 'FLO3023 spec.overrides[0].target']);
  });

  it('tells one fault of the spec once, and not again of every object that it becomes', () => {
    const overrides = [{ object: { kind: 'VirtualService' }, mergePatch: { metadata: { labels: { team: 'shop' } } } }];
    const rows = judged({ http: [{ timeout: '0s' }], overrides });
    expect(rows).toEqual(['refused', expect.stringContaining(' spec.http[0].timeout')]);
  });
});
