import type { Rollout, RolloutSpec, RolloutStatus } from '../federation/api';
import { formatRollout } from './format-rollout';
import { steer } from './rollout-verbs';

function rollout(status: RolloutStatus, spec: Partial<RolloutSpec> = {}): Rollout {
  return {
    apiVersion: 'federation.flotilla.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'checkout-r3', namespace: 'shop' },
    spec: {
      owner: { kind: 'AccessPoint', name: 'checkout' },
      revision: 'abc',
      number: 3,
      strategy: { stages: [], maxFailures: 0, onFailure: 'Pause', separateApprover: false },
      paused: false,
      goal: 'Release',
      promoteFully: false,
      skippedGates: [],
      skippedClusters: [],
      ...spec,
    },
    status,
  };
}

const waiting: RolloutStatus = {
  phase: 'Waiting',
  message: 'stage canary: waits for approval',
  stages: [
    { name: 'canary', state: 'Waiting', gate: 'after', message: 'waits for approval' },
    { name: 'everyone', state: 'Pending' },
  ],
  clusters: [
    { cluster: 'east-1', zone: 'east/east-1', state: 'Done' },
    { cluster: 'east-2', zone: 'east/east-2', state: 'Pending' },
  ],
};

describe('what verbs do to a rollout', () => {
  it('changes exactly what the verb is about', () => {
    expect(steer(rollout(waiting), 'pause')).toEqual({ paused: true });
    expect(steer(rollout(waiting, { paused: true }), 'resume')).toEqual({ paused: false });
    expect(steer(rollout(waiting, { skippedGates: ['canary/before'] }), 'promote')).toEqual({
      skippedGates: ['canary/before', 'canary/after'],
    });
    expect(steer(rollout(waiting), 'promote', { full: true })).toEqual({ promoteFully: true, paused: false });
    expect(steer(rollout(waiting), 'abort')).toEqual({ goal: 'Abort' });
    expect(steer(rollout(waiting), 'rollback')).toEqual({ goal: 'Rollback' });
    expect(steer(rollout({ ...waiting, phase: 'Aborted' }, { goal: 'Abort' }), 'retry')).toMatchObject({
      goal: 'Release',
    });
    expect(steer(rollout(waiting), 'skip', { cluster: 'east-2' })).toEqual({ skippedClusters: ['east-2'] });
  });

  it('refuses what means nothing now, with the reason', () => {
    expect(() => steer(rollout({ phase: 'Complete' }), 'pause')).toThrow(
      /cannot pause rollout shop\/checkout-r3: it is Complete/,
    );
    expect(() => steer(rollout({ phase: 'Progressing' }), 'promote')).toThrow(/it waits at no gate/);
    expect(() => steer(rollout(waiting), 'resume')).toThrow(/it is not paused/);
    expect(() => steer(rollout(waiting), 'retry')).toThrow(/it was not aborted/);
    expect(() => steer(rollout(waiting), 'skip', { cluster: 'north-1' })).toThrow(/one of east-1, east-2/);
  });

  it('is shown with its stages, its clusters, and what can be done next', () => {
    expect(formatRollout(rollout(waiting))).toBe(
      [
        'Rollout shop/checkout  revision 3  Waiting',
        '  stage canary: waits for approval',
        '  ॥ stage  canary  waits for approval',
        '  · stage  everyone',
        '  ✔ east-1  Done',
        '  · east-2  Pending',
        'Next: approve · reject · promote · pause · abort · rollback · skip',
        '',
      ].join('\n'),
    );
  });
});
