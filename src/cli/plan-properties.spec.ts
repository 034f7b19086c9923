import fc from 'fast-check';
import { planOffline } from '../federation';
import type { KubeObject } from '../kube/schema';
import { overlay, savedPlanOf } from './saved-plan';
import { type Edit, edited, planFleet } from './testing/edited-fleet';

const nowMs = Date.UTC(2026, 0, 1);
const fleet = planFleet();
const zones = ['east/east-1', 'east/east-2', 'west/west-1'];
const someZones = fc.subarray(zones, { minLength: 1 });

function accessPoint(name: string, spec: Record<string, unknown>): Edit {
  return { kind: 'AccessPoint', namespace: 'shop', name, merge: { spec } };
}

/** Edits that people make: of access points, policies, clusters and the mesh. */
const edit = fc.oneof(
  fc
    .integer({ min: 1, max: 100 })
    .map((localPercent) => accessPoint('checkout', { runtime: { locality: { localPercent } } })),
  fc.constantFrom('Nearest', 'All').map((remote) => accessPoint('search', { runtime: { locality: { remote } } })),
  someZones.map((chosen) => accessPoint('checkout', { placement: { zones: chosen } })),
  someZones.map((chosen): Edit => ({ kind: 'PlacementPolicy', name: 'eastern', merge: { spec: { zones: chosen } } })),
  fc.boolean().map((paused): Edit => ({ kind: 'MemberCluster', name: 'west-1-apps', merge: { spec: { paused } } })),
  fc
    .integer({ min: 0, max: 3 })
    .map((maxFailures): Edit => ({ kind: 'RolloutPolicy', name: 'waves', merge: { spec: { maxFailures } } })),
  fc
    .integer({ min: 1, max: 99 })
    .map((localPercent): Edit => ({ kind: 'Mesh', name: 'prod', merge: { spec: { locality: { localPercent } } } })),
  fc.constantFrom('a', 'b').map((value): Edit => ({
    kind: 'AccessPoint',
    namespace: 'shop',
    name: 'search',
    merge: { metadata: { labels: { team: value } } },
  })),
);
const edits = fc.array(edit, { maxLength: 4 });
const change = fc.oneof(
  edits,
  edits.map((list): readonly Edit[] => [
    ...list,
    { kind: 'AccessPoint', namespace: 'shop', name: 'search', delete: true },
  ]),
);

function shuffled(objects: readonly KubeObject[]): readonly KubeObject[] {
  return [...objects].reverse().map((object) => JSON.parse(JSON.stringify(object)) as KubeObject);
}

describe('plans of a fleet (properties)', () => {
  it('leave nothing to do once they are applied', () => {
    fc.assert(
      fc.property(change, (list) => {
        const next = edited(fleet, list);
        const plan = planOffline(fleet, next, nowMs);
        if (plan.findings.some(({ severity }) => severity === 'error')) return;
        const applied = overlay(fleet, savedPlanOf(plan, next));
        expect(planOffline(applied, next, nowMs)).toMatchObject({ intent: [], clusters: [], groups: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('have one digest exactly for one outcome', () => {
    fc.assert(
      fc.property(change, change, (one, other) => {
        const [left, right] = [one, other].map((list) => edited(fleet, list));
        const plans = [left!, right!].map((next) => planOffline(fleet, next, nowMs));
        const [first, second] = plans.map(({ intent, clusters }) => JSON.stringify([intent, clusters]));
        // The edits of hub objects are in the list, field by field, so equal lists mean equal outcomes.
        expect(plans[0]!.digest === plans[1]!.digest).toBe(first === second);
        expect(planOffline(shuffled(fleet), shuffled(left!), nowMs).digest).toBe(plans[0]!.digest);
      }),
      { numRuns: 40 },
    );
  });

  it('put every cluster that changes into exactly one group, and every change that can go into a stage', () => {
    fc.assert(
      fc.property(change, (list) => {
        const { clusters, groups, blastRadius } = planOffline(fleet, edited(fleet, list), nowMs);
        const names = clusters.map(({ cluster }) => cluster);
        expect(groups.flatMap((group) => group.clusters).sort()).toEqual(names);
        const staged = new Set(blastRadius.stages.flatMap((stage) => stage.clusters));
        const ready = clusters.filter(({ state }) => state === 'ready').map(({ cluster }) => cluster);
        expect([...staged].sort()).toEqual(ready);
      }),
      { numRuns: 40 },
    );
  });
});
