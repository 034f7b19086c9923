import { type AccessPoint, accessPointKind } from '../../../accesspoint';
import { ManualClock } from '../../../kernel';
import { apiVersionOfKind, type KubeObject, parseObject } from '../../../kube/schema';
import { FEDERATION_API_VERSION } from '../../api';
import { hubObjectsOf } from '../../offline';
import { reviewAnswer } from './admission-review';
import { reviewHubWrite, type ReviewOutcome } from './review-hub-write';

const fleet = { region: 'east', zone: 'a', role: 'Gateway', meshes: ['prod'] };
const lookups = hubObjectsOf(
  [
    { kind: 'Mesh', metadata: { name: 'prod' }, spec: { trustDomain: 'prod.example' } },
    { kind: 'MemberCluster', metadata: { name: 'a' }, spec: fleet },
  ].map((object) => ({ apiVersion: FEDERATION_API_VERSION, ...object })),
);

function accessPoint(spec: Record<string, unknown>): AccessPoint {
  const base = {
    mesh: 'prod',
    hosts: ['checkout.example.com'],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
    placement: { zones: ['east/a'] },
  };
  const metadata = { name: 'checkout', namespace: 'shop' };
  const object = { apiVersion: FEDERATION_API_VERSION, kind: 'AccessPoint', metadata, spec: { ...base, ...spec } };
  const { value } = parseObject(accessPointKind, object as KubeObject);
  if (value === undefined) throw new Error('the access point has not the shape of one');
  return value;
}

function review(object: AccessPoint, oldObject?: AccessPoint): Promise<ReviewOutcome> {
  const write = { apiVersion: apiVersionOfKind(accessPointKind), kind: accessPointKind.kind, object };
  return reviewHubWrite(oldObject === undefined ? write : { ...write, oldObject }, () => lookups, new ManualClock());
}

const mirrored = { http: [{ mirror: { host: 'copy' }, route: [{ destination: {} }] }] };

describe('reviewHubWrite', () => {
  it('allows what may bite, with a warning that kubectl prints', async () => {
    const outcome = await review(accessPoint(mirrored));
    expect(outcome.errors).toEqual([]);
    expect(outcome.warnings).toEqual([expect.stringMatching(/^spec\.http: .*a copy of every request.*\(FLO8529\)$/)]);
    expect(reviewAnswer('1', outcome)).toMatchObject({ response: { allowed: true, warnings: outcome.warnings } });
  });

  it('warns of what was written now, and not again with every label', async () => {
    const object = accessPoint(mirrored);
    expect(await review({ ...object, metadata: { ...object.metadata, labels: { team: 'shop' } } }, object)).toEqual({
      errors: [],
      warnings: [],
    });
  });
});
