import type { AccessPoint, AccessPointSpec } from '../access-point';
import { accessPointKind } from '../access-point';
import { type Claimant, conflictFindings } from './claims';

function spec(host: string, service: string, extra: Record<string, unknown> = {}): AccessPointSpec {
  return accessPointKind.spec.parse({
    mesh: 'prod',
    hosts: [host],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    backend: { service: { name: service }, selector: { app: service } },
    placement: { zones: ['east/a'] },
    ...extra,
  });
}

function claimant(
  name: string,
  day: number,
  wanted: AccessPointSpec | undefined,
  released: readonly AccessPointSpec[] = [],
): Claimant {
  const creationTimestamp = `2026-01-0${day}T00:00:00Z`;
  const accessPoint: AccessPoint = {
    apiVersion: 'v',
    kind: 'AccessPoint',
    metadata: { name, namespace: 'shop', creationTimestamp },
  };
  return { accessPoint, wanted, released };
}

const codes = (candidate: Claimant, ...others: Claimant[]): string[] =>
  conflictFindings(candidate, [candidate, ...others]).map(({ message }) => message);

describe('conflictFindings', () => {
  const same = spec('a.example.com', 'x');

  it('gives a host to the older one and names it', () => {
    const older = claimant('older', 1, same);
    const newer = claimant('newer', 2, spec('a.example.com', 'y'));
    expect(codes(older, newer)).toEqual([]);
    expect(codes(newer, older)).toEqual(['host a.example.com belongs to access point shop/older']);
  });

  it('leaves a host with the one that runs it, even when an older one now wants it', () => {
    const running = claimant('running', 2, same, [same]);
    const older = claimant('older', 1, spec('a.example.com', 'y'));
    expect(codes(running, older)).toEqual([]);
    expect(codes(older, running)).toHaveLength(1);
  });

  it('counts what runs, not only what is written: an edit gives a host up when it is released', () => {
    const moved = claimant('moved', 1, spec('b.example.com', 'x'), [same]);
    expect(codes(claimant('newer', 2, spec('a.example.com', 'y')), moved)).toHaveLength(1);
    expect(codes(claimant('newer', 2, spec('a.example.com', 'y')), { ...moved, released: [] })).toEqual([]);
  });

  it('lets an invalid access point claim nothing', () => {
    expect(codes(claimant('newer', 2, same), claimant('broken', 1, undefined))).toEqual([]);
  });

  it('shares HTTP and TLS ports of a gateway, and no TCP port', () => {
    const tcp = { ports: [{ name: 'raw', number: 80, protocol: 'TCP' }] };
    const https = {
      ports: [{ name: 'https', number: 80, protocol: 'HTTPS', tls: { mode: 'SIMPLE', issuer: 'Mesh' } }],
    };
    const first = claimant('first', 1, spec('a.example.com', 'x'));
    expect(codes(claimant('second', 2, spec('b.example.com', 'y')), first)).toEqual([]);
    expect(codes(claimant('second', 2, spec('b.example.com', 'y', tcp)), first)).toEqual([
      'gateway port 80 belongs to access point shop/first',
    ]);
    expect(codes(claimant('second', 2, spec('b.example.com', 'y', https)), first)).toHaveLength(1);
    const own = { ...https, gateway: { selector: { istio: 'own' } } };
    expect(codes(claimant('second', 2, spec('b.example.com', 'y', own)), first)).toEqual([]);
  });

  it('keeps meshes apart', () => {
    expect(
      codes(claimant('second', 2, spec('a.example.com', 'y', { mesh: 'stage' })), claimant('first', 1, same)),
    ).toEqual([]);
  });

  it('gives an address that both write out to the older one', () => {
    const own = (address: string): Record<string, unknown> => ({
      traffic: { services: [{ metadata: { name: 'front' }, spec: { loadBalancerIP: address } }] },
    });
    const patch = (op: Record<string, unknown>): Record<string, unknown> => ({
      overrides: [{ object: { kind: 'Service' }, ...op }],
    });
    const first = claimant('first', 1, spec('a.example.com', 'x', own('192.0.2.1')));
    const second = (extra: Record<string, unknown>): Claimant => {
      const claimed = claimant('second', 2, spec('b.example.com', 'y', extra));
      return {
        ...claimed,
        accessPoint: { ...claimed.accessPoint, metadata: { ...claimed.accessPoint.metadata, namespace: 'other' } },
      };
    };
    const lost = ['address 192.0.2.1 belongs to access point shop/first'];
    expect(codes(second(own('192.0.2.1')), first)).toEqual(lost);
    expect(codes(second(own('192.0.2.2')), first)).toEqual([]);
    expect(codes(second(patch({ mergePatch: { spec: { externalIPs: ['192.0.2.1'] } } })), first)).toEqual(lost);
    const replace = { op: 'add', path: '/spec/loadBalancerIP', value: '192.0.2.1' };
    expect(codes(second(patch({ jsonPatch: [replace] })), first)).toEqual(lost);
    const virtual = { traffic: { serviceEntries: [{ spec: { addresses: ['192.0.2.1'] } }] } };
    expect(codes(second(virtual), first)).toEqual([]);
    expect(codes(second(virtual), claimant('third', 1, spec('c.example.com', 'z', virtual)))).toEqual([
      'address 192.0.2.1 belongs to access point shop/third',
    ]);
  });

  it('lets the name decide between two of one moment, whichever is asked first', () => {
    const [ann, ben] = [claimant('ann', 1, same), claimant('ben', 1, spec('a.example.com', 'y'))];
    expect(codes(ann, ben)).toEqual([]);
    expect(codes(ben, ann)).toEqual(['host a.example.com belongs to access point shop/ann']);
  });

  it('finds Services that two access points of one namespace would both write', () => {
    const first = claimant('first', 1, spec('a.example.com', 'x'));
    expect(codes(claimant('second', 2, spec('b.example.com', 'x')), first)).toEqual([
      'Service shop/x belongs to access point shop/first',
    ]);
    expect(codes(claimant('second', 2, spec('b.example.com', 'first-vip')), first)).toEqual([
      'Service shop/first-vip belongs to access point shop/first',
    ]);
  });
});
