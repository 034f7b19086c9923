import { FEDERATION_API_VERSION, type MemberCluster, memberClusterKind } from '../../api';
import { memberClusterStatus } from './member-cluster-status';

const nowMs = Date.UTC(2026, 5, 1);
const spec = memberClusterKind.spec.parse({ region: 'east', zone: 'east-1', role: 'Gateway', meshes: ['prod'] });
const member: MemberCluster = {
  ...{ apiVersion: FEDERATION_API_VERSION, kind: 'MemberCluster' },
  ...{ metadata: { name: 'east-1', generation: 1 }, spec },
};
const contact = { held: undefined, bundles: [], laggingMs: 0 };

function copyWith(status: 'True' | 'False'): MemberCluster {
  const condition = { status, reason: 'Seen', message: 'by the zone', lastTransitionTime: '2026-05-31T00:00:00Z' };
  const conditions = ['GatewaysLocated', 'NodesInZone', 'Synced'].map((type) => ({ ...condition, type }));
  return { ...member, status: { conditions } };
}

describe('memberClusterStatus', () => {
  it('tells what only the zone can judge as the zone does, and keeps it while the zone is silent', () => {
    const first = memberClusterStatus(member, { ...contact, copy: copyWith('False') }, nowMs);
    const seen = (status: typeof first): unknown => status.conditions?.map(({ type, reason }) => `${type} ${reason}`);
    expect(seen(first)).toEqual(expect.arrayContaining(['GatewaysLocated Seen', 'NodesInZone Seen']));
    expect(seen(first)).not.toContain('Synced Seen');
    const later = memberClusterStatus(
      { ...member, status: first },
      { ...contact, held: 'no answer', copy: undefined },
      nowMs + 1000,
    );
    expect(seen(later)).toEqual(expect.arrayContaining(['GatewaysLocated Seen', 'NodesInZone Seen']));
  });
});
