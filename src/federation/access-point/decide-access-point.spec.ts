import * as fc from 'fast-check';
import { rolloutStrategy } from '../api';
import { decideAccessPoint } from './decide-access-point';
import { ReleaseWorld, zoneNames } from './testing/release-world';

describe('decideAccessPoint', () => {
  it('brings a new access point to every cluster, one after another', () => {
    const world = new ReleaseWorld();
    world.settle();
    expect(world.phase).toBe('Complete');
    expect(world.released().size).toBe(6);
    expect(world.step()).toMatchObject({ write: [], remove: [], createRevision: undefined, rollout: undefined });
  });

  it('changes nothing for a spec that is not accepted', () => {
    const world = new ReleaseWorld();
    world.valid = false;
    const refused = world.step();
    expect(refused).toMatchObject({ write: [], remove: [] });
    expect(refused.status.conditions?.find(({ type }) => type === 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'UnknownMesh',
    });
    world.valid = true;
    world.settle();
    const before = new Map(world.bundles);
    world.valid = false;
    world.edit(50);
    world.settle();
    expect([...world.bundles].map(([name, bundle]) => [name, bundle.spec?.digest])).toEqual(
      [...before].map(([name, bundle]) => [name, bundle.spec?.digest]),
    );
  });

  it('keeps a zone that went away as it was, goes on elsewhere, and catches up', () => {
    const world = new ReleaseWorld();
    world.settle();
    world.unreachable.add('east/a');
    world.edit(90);
    world.settle();
    expect(world.phase).toBe('Held');
    const target = world.accessPoint.status?.targetRevision;
    expect([...world.released()].filter(([, revision]) => revision === target).map(([cluster]) => cluster)).toEqual([
      'b-apps',
      'b-gateway',
      'c-apps',
      'c-gateway',
    ]);
    expect(world.accessPoint.status?.clusters?.find(({ cluster }) => cluster === 'a-apps')).toMatchObject({
      vip: '10.0.0.10',
      message: 'unreachable',
    });
    world.unreachable.clear();
    world.settle();
    expect(world.phase).toBe('Complete');
  });

  it('lets facts flow at once while a rollout is paused, at the old revision', () => {
    const world = new ReleaseWorld();
    world.settle();
    const old = world.accessPoint.status?.currentRevision;
    world.edit(90);
    world.accessPoint = { ...world.accessPoint, spec: { ...world.accessPoint.spec!, paused: true } };
    world.settle();
    expect(world.phase).toBe('Paused');
    world.report('west/c', 77);
    const { write } = world.step();
    expect(write.map(({ bundle }) => [bundle.spec?.cluster, bundle.spec?.revision])).toEqual([
      ['a-gateway', old],
      ['b-gateway', old],
    ]);
  });

  it('writes the same again when everything but its input is lost', () => {
    const world = new ReleaseWorld();
    world.settle();
    world.edit(80);
    world.step();
    const input = world.input();
    expect(decideAccessPoint(input)).toEqual(decideAccessPoint(structuredClone(input)));
  });

  it('gives every touched cluster back what it had when the policy says so', () => {
    const world = new ReleaseWorld();
    world.settle();
    const good = world.accessPoint.status?.currentRevision;
    world.strategy = rolloutStrategy.parse({ onFailure: 'Rollback' });
    world.failing = 'b-gateway';
    world.edit(70);
    world.settle();
    expect(world.phase).toBe('RolledBack');
    expect([...world.released().values()].every((revision) => revision === good)).toBe(true);
    expect([...world.bundles.values()].every(({ spec }) => spec?.revision === good)).toBe(true);
    expect(world.accessPoint.status?.conditions?.find(({ type }) => type === 'RolloutComplete')).toMatchObject({
      status: 'False',
      reason: 'RolledBack',
    });
    world.failing = undefined;
    world.edit(71);
    world.settle();
    expect(world.phase).toBe('Complete');
  });

  it('withdraws a new access point whose first release fails and is rolled back', () => {
    const world = new ReleaseWorld();
    world.strategy = rolloutStrategy.parse({ onFailure: 'Rollback' });
    world.failing = 'a-gateway';
    world.settle();
    expect(world.phase).toBe('RolledBack');
    expect(world.bundles.size).toBe(0);
    expect(world.released().size).toBe(0);
  });

  it('waits at a gate until a person says so, and stops there for good when told to', () => {
    const world = new ReleaseWorld();
    world.settle();
    world.strategy = rolloutStrategy.parse({ stages: [{ name: 'canary', count: 1, after: [{ approval: {} }] }] });
    world.edit(60);
    world.settle();
    expect(world.phase).toBe('Waiting');
    const target = world.accessPoint.status?.targetRevision;
    expect([...world.released().values()].filter((revision) => revision === target)).toHaveLength(1);
    world.steer({ goal: 'Abort' });
    world.settle();
    expect(world.phase).toBe('Aborted');
    world.steer({ goal: 'Release', skippedGates: ['canary/after'] });
    world.settle();
    expect(world.phase).toBe('Complete');
  });

  it('survives being killed after any write, zones that come and go, and edits, with one unverified cluster at a time', () => {
    const event = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('step' as const), writes: fc.integer({ min: 0, max: 5 }) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('report' as const), zone: fc.constantFrom(...zoneNames) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('edit' as const), percent: fc.integer({ min: 1, max: 100 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), zone: fc.constantFrom(...zoneNames) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('heal' as const), zone: fc.constantFrom(...zoneNames) }) },
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const world = new ReleaseWorld();
        for (const happening of events) {
          if (happening.kind === 'step') expect(world.step(happening.writes).remove).toEqual([]);
          else if (happening.kind === 'report' && !world.unreachable.has(happening.zone)) world.report(happening.zone);
          else if (happening.kind === 'edit') world.edit(happening.percent);
          else if (happening.kind === 'cut') world.unreachable.add(happening.zone);
          else if (happening.kind === 'heal') world.unreachable.delete(happening.zone);
          // What a zone holds was released to it: no bundle runs ahead of the record.
          for (const [cluster, bundle] of world.bundles) {
            const known = world.revisions.map(({ spec }) => spec?.digest);
            expect(known).toContain(bundle.spec?.revision);
            expect(world.released().has(cluster)).toBe(true);
          }
        }
        world.unreachable.clear();
        world.settle();
        expect(world.phase).toBe('Complete');
        const target = world.accessPoint.status?.targetRevision;
        expect([...world.bundles.values()].every(({ spec }) => spec?.revision === target)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
