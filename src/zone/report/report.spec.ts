import { type Bundle, type BundleStatus, type MemberCluster, memberClusterKind } from '../../federation/api';
import { bundleReport } from './bundle-report';
import { mergeConditions } from './conditions';
import { memberClusterReport } from './member-cluster-report';
import { isWorthWriting } from './status-change';

const nowMs = Date.UTC(2026, 5, 1);

function bundle(status?: BundleStatus): Bundle {
  return {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'Bundle',
    metadata: { name: 'web', namespace: 'flotilla-system', generation: 3 },
    spec: {
      ...{ cluster: 'east-1-gw', zone: 'east/east-1', mesh: 'prod', revision: 'r2', digest: 'd2', epoch: 7 },
      owner: { kind: 'AccessPoint', namespace: 'shop', name: 'checkout' },
      manifests: [],
    },
    ...(status === undefined ? {} : { status }),
  };
}

describe('bundleReport', () => {
  it('names what is applied', () => {
    const report = bundleReport({
      bundle: bundle(),
      outcome: { kind: 'applied' },
      facts: { vip: '10.1.0.10' },
      drift: [],
      nowMs,
    });
    expect(report).toMatchObject({
      ...{ phase: 'Applied', appliedDigest: 'd2', appliedRevision: 'r2', appliedEpoch: 7, vip: '10.1.0.10' },
      ...{ observedGeneration: 3, observedAt: '2026-06-01T00:00:00Z' },
    });
    expect(report.conditions!.map(({ type, status }) => [type, status])).toEqual([
      ['Applied', 'True'],
      ['Drifted', 'False'],
    ]);
  });

  it('keeps what was applied and what was seen when the cluster is away', () => {
    const previous: BundleStatus = {
      phase: 'Applied',
      appliedDigest: 'd1',
      appliedRevision: 'r1',
      vip: '10.1.0.10',
      readyEndpoints: 3,
    };
    const outcome = { kind: 'pending', reason: 'TargetUnreachable', message: 'no answer' } as const;
    const report = bundleReport({ bundle: bundle(previous), outcome, facts: {}, drift: [], nowMs });
    expect(report).toMatchObject({
      ...{ phase: 'Pending', message: 'no answer', appliedDigest: 'd1', appliedRevision: 'r1' },
      ...{ vip: '10.1.0.10', readyEndpoints: 3 },
    });
    expect(report.conditions!.find(({ type }) => type === 'Applied')!.status).toBe('Unknown');
  });

  it('replaces facts that were seen, also by nothing at all', () => {
    const previous: BundleStatus = { readyEndpoints: 3, members: [{ zone: 'a/b', address: 'local', healthy: true }] };
    const facts = { readyEndpoints: 0, members: [] };
    const report = bundleReport({ bundle: bundle(previous), outcome: { kind: 'applied' }, facts, drift: [], nowMs });
    expect(report).toMatchObject({ readyEndpoints: 0, members: [] });
  });
});

describe('mergeConditions', () => {
  it('moves the time only when the status changes', () => {
    const condition = { type: 'Applied', status: 'True', reason: 'Applied', message: 'yes' } as const;
    const first = mergeConditions(undefined, [condition], { nowMs });
    const second = mergeConditions(first, [{ ...condition, message: 'still' }], { nowMs: nowMs + 60_000 });
    expect(second[0]).toMatchObject({ message: 'still', lastTransitionTime: '2026-06-01T00:00:00Z' });
    const third = mergeConditions(second, [{ ...condition, status: 'False' }], { nowMs: nowMs + 60_000 });
    expect(third[0]!.lastTransitionTime).toBe('2026-06-01T00:01:00Z');
  });
});

describe('isWorthWriting', () => {
  const limits = { nowMs, heartbeatMs: 60_000 };

  it('is true for changes, not for the time of the look, and again after a while', () => {
    const status = { phase: 'Applied', observedAt: '2026-05-31T23:59:30Z' };
    const later = { phase: 'Applied', observedAt: '2026-06-01T00:00:00Z' };
    expect(isWorthWriting(undefined, later, limits)).toBe(true);
    expect(isWorthWriting(status, later, limits)).toBe(false);
    expect(isWorthWriting(status, { ...later, phase: 'Failed' }, limits)).toBe(true);
    expect(isWorthWriting({ ...status, observedAt: '2026-05-31T23:58:59Z' }, later, limits)).toBe(true);
  });
});

const STANDING = { region: 'east', zone: 'east-1', role: 'Gateway', meshes: ['prod'] };

describe('memberClusterReport', () => {
  const facts = { gatewayAddresses: [], nodeLocalities: ['east/east-1'], gatewaysWithoutLocality: ['istio-prod/gw-1'] };
  const cluster: MemberCluster = {
    apiVersion: '',
    kind: 'MemberCluster',
    metadata: { name: 'east-1-gw', generation: 1 },
  };

  it('says that weights do not apply to clients on nodes that are labelled with another zone (R6)', () => {
    const own: MemberCluster = { ...cluster, spec: memberClusterKind.spec.parse(STANDING) };
    const seen = (nodeLocalities: string[]): unknown => {
      const look = { kind: 'reached', version: 'v1.36.0', facts: { ...facts, nodeLocalities } } as const;
      const { conditions } = memberClusterReport({ cluster: own, look, bundles: [], nowMs });
      const { status, message } = conditions!.find(({ type }) => type === 'NodesInZone')!;
      return { status, message };
    };
    expect(seen(['east/east-1'])).toMatchObject({ status: 'True' });
    expect(seen([])).toMatchObject({ status: 'True' });
    expect(seen(['east/east-1', 'east/east-1b'])).toEqual({
      status: 'False',
      message: expect.stringContaining('labelled with east/east-1b, and this cluster is in east/east-1') as string,
    });
  });

  it('says that weights do not apply to gateways without locality (R6)', () => {
    const look = { kind: 'reached', version: 'v1.36.0', facts } as const;
    const { conditions } = memberClusterReport({ cluster, look, bundles: [], nowMs });
    expect(conditions!.find(({ type }) => type === 'GatewaysLocated')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('istio-prod/gw-1') as string,
    });
  });

  it('keeps the facts of a cluster that is away, and does not guess at its progress', () => {
    const status = { lastContact: '2026-05-31T00:00:00Z', version: 'v1.36.0', facts };
    const look = { kind: 'unreachable', message: 'no answer' } as const;
    const report = memberClusterReport({ cluster: { ...cluster, status }, look, bundles: [], nowMs });
    expect(report).toMatchObject(status);
    expect(report.conditions!.map(({ type, status: value }) => [type, value])).toEqual([
      ['GatewaysLocated', 'Unknown'],
      ['NodesInZone', 'Unknown'],
      ['Reachable', 'False'],
      ['Synced', 'Unknown'],
    ]);
  });

  it('counts progress by what was applied, not by what was sent', () => {
    const applied = bundle({ phase: 'Applied' });
    const failed = bundle({ phase: 'Failed' });
    const look = { kind: 'reached', version: 'v1.36.0', facts } as const;
    const report = memberClusterReport({ cluster, look, bundles: [applied, failed, bundle()], nowMs });
    expect(report.counts).toEqual({ bundles: 3, applied: 1, failed: 1 });
    expect(report.conditions!.find(({ type }) => type === 'Synced')).toMatchObject({
      status: 'False',
      reason: 'Failed',
    });
  });
});
