import { conditions } from '../api/conditions';
import { mergeConditions } from './set-condition';

const now = { generation: 2, nowMs: Date.UTC(2026, 0, 1) };
const accepted = { type: 'Accepted', status: 'False' as const, reason: 'Invalid', message: 'spec.hosts: no' };

describe('mergeConditions', () => {
  it('moves the time of transition only when the status changes', () => {
    const old = [{ ...accepted, lastTransitionTime: '2025-01-01T00:00:00Z', observedGeneration: 1 }];
    expect(mergeConditions(old, [{ ...accepted, message: 'other' }], now)).toEqual([
      { ...accepted, message: 'other', lastTransitionTime: '2025-01-01T00:00:00Z', observedGeneration: 2 },
    ]);
    expect(mergeConditions(old, [{ ...accepted, status: 'True' }], now)[0]?.lastTransitionTime).toBe(
      '2026-01-01T00:00:00Z',
    );
  });

  it('leaves conditions of other writers', () => {
    const other = { ...accepted, type: 'Other', lastTransitionTime: '2025-01-01T00:00:00Z' };
    expect(mergeConditions([other], [accepted], now).map(({ type }) => type)).toEqual(['Other', 'Accepted']);
  });

  it('shortens a message that a status would be refused for', () => {
    const merged = mergeConditions([], [{ ...accepted, message: 'spec.hosts: no; '.repeat(3000) }], now);
    expect(merged[0]?.message).toMatch(/^spec\.hosts: no; .* … and more$/);
    expect(conditions.safeParse(merged).success).toBe(true);
  });
});
