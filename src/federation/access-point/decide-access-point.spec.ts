import * as fc from 'fast-check';
import { type AccessPoint, accessPointKind, type PlacedCluster } from '../../accesspoint';
import { parseZoneName } from '../../kernel';
import { type Bundle, meshKind, rolloutStrategy, type RolloutStrategy, type Revision, type Rollout } from '../api';
import type { AccessPointInput } from './access-point-input';
import { type AccessPointDecision, decideAccessPoint } from './decide-access-point';
import type { ZoneView } from '../release';

const zoneNames = ['east/a', 'east/b', 'west/c'];
const placedClusters: readonly PlacedCluster[] = zoneNames.flatMap((name) => {
  const zone = parseZoneName(name);
  const short = name.split('/')[1]!;
  return [
    { name: `${short}-apps`, zone, role: 'Workload' as const, holdsBackend: true },
    { name: `${short}-gateway`, zone, role: 'Gateway' as const, holdsBackend: false },
  ];
});
const mesh = meshKind.spec.parse({ trustDomain: 'prod.example' });

function specWith(localPercent: number): NonNullable<AccessPoint['spec']> {
  return accessPointKind.spec.parse({
    mesh: 'prod',
    hosts: ['checkout.shop.example.com'],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
    placement: { zones: zoneNames },
    runtime: { locality: { localPercent } },
  });
}

/** A small world: the hub's store and the zones' stores, and the ways in which they may change. */
class World {
  accessPoint: AccessPoint;
  revisions: Revision[] = [];
  rollouts: Rollout[] = [];
  readonly bundles = new Map<string, Bundle>();
  readonly unreachable = new Set<string>();
  valid = true;
  deleted: string[] = [];
  strategy: RolloutStrategy = rolloutStrategy.parse({});
  failing: string | undefined;
  private nowMs = Date.UTC(2026, 0, 1);

  constructor() {
    const metadata = { name: 'checkout', namespace: 'shop', uid: 'u', generation: 1 };
    this.accessPoint = {
      apiVersion: 'federation.flotilla.dev/v1alpha1',
      kind: 'AccessPoint',
      metadata,
      spec: specWith(99),
    };
  }

  edit(localPercent: number): void {
    const { metadata } = this.accessPoint;
    this.accessPoint = {
      ...this.accessPoint,
      spec: specWith(localPercent),
      metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 },
    };
  }

  input(): AccessPointInput {
    return {
      accessPoint: this.accessPoint,
      errors: this.valid ? [] : [{ code: 'FLO3001', severity: 'error', path: 'spec.mesh', message: 'no such mesh' }],
      accepted: this.valid ? { mesh, clusters: placedClusters } : undefined,
      clusters: [],
      revisions: this.revisions,
      rollouts: this.rollouts,
      zones: new Map(zoneNames.map((zone) => [zone, this.view(zone)])),
      addresses: {},
      strategy: this.strategy,
      approvals: [],
      epoch: 0,
      nowMs: (this.nowMs += 1000),
    };
  }

  /** Carries a decision out, all of it or, like a hub that is killed, only its first writes. */
  step(writes = Number.POSITIVE_INFINITY): AccessPointDecision {
    const decision = decideAccessPoint(this.input());
    const actions: (() => void)[] = [];
    const { createRevision, rollout } = decision;
    if (createRevision) actions.push(() => this.revisions.push(createRevision));
    if (rollout) actions.push(() => this.record(rollout.object));
    actions.push(() => (this.accessPoint = { ...this.accessPoint, status: decision.status }));
    for (const { bundle } of decision.write) actions.push(() => this.store(bundle));
    for (const { bundle } of decision.remove) actions.push(() => this.drop(bundle.metadata.name));
    for (const action of actions.slice(0, writes)) action();
    return decision;
  }

  /** A zone's agent applies and reports. */
  report(zone: string, vipSuffix = 10): void {
    for (const [cluster, bundle] of this.bundles) {
      if (bundle.spec?.zone !== zone) continue;
      const vip = cluster.endsWith('-apps') ? { vip: `10.${zoneNames.indexOf(zone)}.0.${vipSuffix}` } : {};
      const applied = { phase: 'Applied' as const, appliedDigest: bundle.spec.digest, ...vip };
      const failed = { phase: 'Failed' as const, message: 'refused', ...vip };
      const bad = this.failing === cluster && bundle.spec.revision === this.accessPoint.status?.targetRevision;
      this.bundles.set(cluster, { ...bundle, status: bad ? failed : applied });
    }
  }

  released(): Map<string, string> {
    return new Map(
      (this.accessPoint.status?.clusters ?? []).flatMap(({ cluster, revision }) =>
        revision ? [[cluster, revision] as const] : [],
      ),
    );
  }

  /** People steer a rollout by its spec. */
  steer(spec: Partial<NonNullable<Rollout['spec']>>): void {
    const last = this.rollouts.at(-1)!;
    this.record({ ...last, spec: { ...last.spec!, ...spec } });
  }

  private record(rollout: Rollout): void {
    this.rollouts = [...this.rollouts.filter(({ metadata }) => metadata.name !== rollout.metadata.name), rollout];
  }

  private drop(name: string): void {
    this.deleted.push(name);
    for (const [cluster, { metadata }] of this.bundles) if (metadata.name === name) this.bundles.delete(cluster);
  }

  private store(bundle: Bundle): void {
    const cluster = bundle.spec!.cluster;
    const before = this.bundles.get(cluster);
    const status = before?.status;
    this.bundles.set(cluster, {
      ...bundle,
      metadata: { ...bundle.metadata, generation: (before?.metadata.generation ?? 0) + 1 },
      ...(status ? { status } : {}),
    });
  }

  private view(zone: string): ZoneView {
    const bundles = new Map([...this.bundles].filter(([, bundle]) => bundle.spec?.zone === zone));
    const gateway = `${zone.split('/')[1]}-gateway`;
    return { gateway, bundles, refused: new Map(), held: this.unreachable.has(zone) ? 'unreachable' : undefined };
  }
}

function settle(world: World): void {
  for (let turn = 0; turn < 40; turn += 1) {
    world.step();
    for (const zone of zoneNames) if (!world.unreachable.has(zone)) world.report(zone);
  }
}

const phaseOf = (world: World): string | undefined => world.rollouts.at(-1)?.status?.phase;

describe('decideAccessPoint', () => {
  it('brings a new access point to every cluster, one after another', () => {
    const world = new World();
    settle(world);
    expect(phaseOf(world)).toBe('Complete');
    expect(world.released().size).toBe(6);
    expect(world.step()).toMatchObject({ write: [], remove: [], createRevision: undefined, rollout: undefined });
  });

  it('changes nothing for a spec that is not accepted', () => {
    const world = new World();
    world.valid = false;
    const refused = world.step();
    expect(refused).toMatchObject({ write: [], remove: [] });
    expect(refused.status.conditions?.find(({ type }) => type === 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'UnknownMesh',
    });
    world.valid = true;
    settle(world);
    const before = new Map(world.bundles);
    world.valid = false;
    world.edit(50);
    settle(world);
    expect([...world.bundles].map(([name, bundle]) => [name, bundle.spec?.digest])).toEqual(
      [...before].map(([name, bundle]) => [name, bundle.spec?.digest]),
    );
  });

  it('keeps a zone that went away as it was, goes on elsewhere, and catches up', () => {
    const world = new World();
    settle(world);
    world.unreachable.add('east/a');
    world.edit(90);
    settle(world);
    expect(phaseOf(world)).toBe('Held');
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
    settle(world);
    expect(phaseOf(world)).toBe('Complete');
  });

  it('lets facts flow at once while a rollout is paused, at the old revision', () => {
    const world = new World();
    settle(world);
    const old = world.accessPoint.status?.currentRevision;
    world.edit(90);
    world.accessPoint = { ...world.accessPoint, spec: { ...world.accessPoint.spec!, paused: true } };
    settle(world);
    expect(phaseOf(world)).toBe('Paused');
    world.report('west/c', 77);
    const { write } = world.step();
    expect(write.map(({ bundle }) => [bundle.spec?.cluster, bundle.spec?.revision])).toEqual([
      ['a-gateway', old],
      ['b-gateway', old],
    ]);
  });

  it('writes the same again when everything but its input is lost', () => {
    const world = new World();
    settle(world);
    world.edit(80);
    world.step();
    const input = world.input();
    expect(decideAccessPoint(input)).toEqual(decideAccessPoint(structuredClone(input)));
  });

  it('gives every touched cluster back what it had when the policy says so', () => {
    const world = new World();
    settle(world);
    const good = world.accessPoint.status?.currentRevision;
    world.strategy = rolloutStrategy.parse({ onFailure: 'Rollback' });
    world.failing = 'b-gateway';
    world.edit(70);
    settle(world);
    expect(phaseOf(world)).toBe('RolledBack');
    expect([...world.released().values()].every((revision) => revision === good)).toBe(true);
    expect([...world.bundles.values()].every(({ spec }) => spec?.revision === good)).toBe(true);
    expect(world.accessPoint.status?.conditions?.find(({ type }) => type === 'RolloutComplete')).toMatchObject({
      status: 'False',
      reason: 'RolledBack',
    });
    world.failing = undefined;
    world.edit(71);
    settle(world);
    expect(phaseOf(world)).toBe('Complete');
  });

  it('withdraws a new access point whose first release fails and is rolled back', () => {
    const world = new World();
    world.strategy = rolloutStrategy.parse({ onFailure: 'Rollback' });
    world.failing = 'a-gateway';
    settle(world);
    expect(phaseOf(world)).toBe('RolledBack');
    expect(world.bundles.size).toBe(0);
    expect(world.released().size).toBe(0);
  });

  it('waits at a gate until a person says so, and stops there for good when told to', () => {
    const world = new World();
    settle(world);
    world.strategy = rolloutStrategy.parse({ stages: [{ name: 'canary', count: 1, after: [{ approval: {} }] }] });
    world.edit(60);
    settle(world);
    expect(phaseOf(world)).toBe('Waiting');
    const target = world.accessPoint.status?.targetRevision;
    expect([...world.released().values()].filter((revision) => revision === target)).toHaveLength(1);
    world.steer({ goal: 'Abort' });
    settle(world);
    expect(phaseOf(world)).toBe('Aborted');
    world.steer({ goal: 'Release', skippedGates: ['canary/after'] });
    settle(world);
    expect(phaseOf(world)).toBe('Complete');
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
        const world = new World();
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
        settle(world);
        expect(phaseOf(world)).toBe('Complete');
        const target = world.accessPoint.status?.targetRevision;
        expect([...world.bundles.values()].every(({ spec }) => spec?.revision === target)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
