import { type AccessPoint, accessPointKind, type PlacedCluster } from '../../../accesspoint';
import { parseZoneName } from '../../../kernel';
import { type Bundle, meshKind, type Revision, type Rollout, rolloutStrategy, type RolloutStrategy } from '../../api';
import type { ZoneView } from '../../release';
import type { AccessPointInput } from '../access-point-input';
import { type AccessPointDecision, decideAccessPoint } from '../decide-access-point';

/** The zones of the world. */
export const zoneNames: readonly string[] = ['east/a', 'east/b', 'west/c'];
const placedClusters: readonly PlacedCluster[] = zoneNames.flatMap((name) => {
  const zone = parseZoneName(name);
  const short = shortName(name);
  return [
    { name: `${short}-apps`, zone, role: 'Workload' as const, holdsBackend: true },
    { name: `${short}-gateway`, zone, role: 'Gateway' as const, holdsBackend: false },
  ];
});
const mesh = meshKind.spec.parse({ trustDomain: 'prod.example' });

function shortName(zone: string): string {
  return zone.split('/')[1] ?? '';
}

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

/** A small world: the hub's store and the zones' stores of one access point, and the ways in which they may change. */
export class ReleaseWorld {
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
    const last = this.rollouts.at(-1);
    if (last?.spec === undefined) throw new Error('there is no rollout to steer');
    this.record({ ...last, spec: { ...last.spec, ...spec } });
  }

  private record(rollout: Rollout): void {
    this.rollouts = [...this.rollouts.filter(({ metadata }) => metadata.name !== rollout.metadata.name), rollout];
  }

  private drop(name: string): void {
    this.deleted.push(name);
    for (const [cluster, { metadata }] of this.bundles) if (metadata.name === name) this.bundles.delete(cluster);
  }

  private store(bundle: Bundle): void {
    const cluster = bundle.spec?.cluster ?? '';
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
    const gateway = `${shortName(zone)}-gateway`;
    return { gateway, bundles, refused: new Map(), held: this.unreachable.has(zone) ? 'unreachable' : undefined };
  }

  /** How its newest rollout stands. */
  get phase(): string | undefined {
    return this.rollouts.at(-1)?.status?.phase;
  }

  /** Decides and reports until nothing is left to do. */
  settle(): void {
    for (let turn = 0; turn < 40; turn += 1) {
      this.step();
      for (const zone of zoneNames) if (!this.unreachable.has(zone)) this.report(zone);
    }
  }
}
