import { toCoreGroup, toEventsGroup } from './event-conversion';

it('an Event says the same in both groups, and comes back unchanged', () => {
  const core = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'a', namespace: 'shop' },
    involvedObject: { kind: 'Pod', name: 'p' },
    reason: 'Started',
    message: 'it started',
    count: 2,
    source: { component: 'kubelet' },
    type: 'Normal',
  };
  expect(toEventsGroup(core)).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: core.metadata,
    regarding: core.involvedObject,
    reason: 'Started',
    note: 'it started',
    deprecatedCount: 2,
    deprecatedSource: core.source,
    type: 'Normal',
  });
  expect(toCoreGroup(toEventsGroup(core))).toEqual(core);
});
