/**
 * Planning a change of a whole fleet, pure, on one core:
 *
 *   node -r ./scripts/typescript-register.cjs bench/plan-fleet.ts [--access-points 1000] [--clusters 100] [--json FILE]
 *
 * Rows: what is edited. Columns: the planner; and as the named baseline of the same run "render both sides", which renders every access point of both
 * sets and compares all manifests, as a planner without memory of what depends on the edit would.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ChangePlan, planHub, renderOffline } from '../src/federation';
import { annotations, FEDERATION_API_VERSION, type Manifest } from '../src/federation/api';
import { canonicalJson } from '../src/kernel';
import { type KubeObject, objectKey } from '../src/kube/schema';

const { values } = parseArgs({
  options: {
    'access-points': { type: 'string', default: '1000' },
    clusters: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const accessPointCount = Number(values['access-points']);
const zoneCount = Math.floor(Number(values.clusters) / 2);
const rounds = Number(values.rounds);
const apiVersion = FEDERATION_API_VERSION;
const POLICIES = 20;
const ZONES_EACH = 3;
const nowMs = Date.UTC(2026, 0, 1);

function zoneName(index: number): { readonly region: string; readonly zone: string } {
  const place = index % zoneCount;
  return { region: `region-${Math.floor(place / 3)}`, zone: `zone-${place}` };
}

function fullName(index: number): string {
  const { region, zone } = zoneName(index);
  return `${region}/${zone}`;
}

function policy(index: number, zones: readonly string[]): KubeObject {
  return { apiVersion, kind: 'PlacementPolicy', metadata: { name: `policy-${index}` }, spec: { zones } };
}

function zonesOfPolicy(index: number): readonly string[] {
  return Array.from({ length: ZONES_EACH }, (_, place) => fullName(index * ZONES_EACH + place));
}

function accessPoint(index: number): KubeObject {
  const name = `app${index}`;
  const rows = zonesOfPolicy(index % POLICIES).map((zone, place) => {
    const cluster = `c${((index % POLICIES) * ZONES_EACH + place) % zoneCount}w`;
    return { cluster, zone, vip: `10.${place}.${index >> 8}.${index & 255}` };
  });
  return {
    apiVersion,
    kind: 'AccessPoint',
    metadata: { name, namespace: `team${index % 50}` },
    spec: {
      mesh: 'prod',
      hosts: [`${name}.example.com`],
      ports: [
        { name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 },
        { name: 'grpc', number: 9090, protocol: 'GRPC' },
      ],
      backend: { service: { name }, selector: { app: name } },
      placement: { policyRef: { name: `policy-${index % POLICIES}` } },
    },
    status: { clusters: rows },
  };
}

function fleet(): readonly KubeObject[] {
  const members = Array.from({ length: zoneCount }, (_, index) =>
    (['Gateway', 'Workload'] as const).map((role): KubeObject => {
      const name = `c${index}${role === 'Gateway' ? 'g' : 'w'}`;
      return {
        apiVersion,
        kind: 'MemberCluster',
        metadata: { name },
        spec: { ...zoneName(index), role, meshes: ['prod'] },
      };
    }),
  ).flat();
  return [
    { apiVersion, kind: 'Mesh', metadata: { name: 'prod' }, spec: { trustDomain: 'prod.example' } },
    ...members,
    ...Array.from({ length: POLICIES }, (_, index) => policy(index, zonesOfPolicy(index))),
    ...Array.from({ length: accessPointCount }, (_, index) => accessPoint(index)),
  ];
}

const base = fleet();

/** As a hub has it: what is not edited is the same object. */
function edited(isIt: (object: KubeObject) => boolean, spec: Record<string, unknown>): readonly KubeObject[] {
  return base.map((object) => (isIt(object) ? { ...object, spec: { ...(object.spec as object), ...spec } } : object));
}

const named =
  (kind: string, name: string) =>
  (object: KubeObject): boolean =>
    object.kind === kind && object.metadata.name === name;

const edits: readonly { readonly title: string; readonly next: readonly KubeObject[] }[] = [
  { title: 'nothing', next: base },
  {
    title: 'one access point',
    next: edited(named('AccessPoint', 'app0'), { runtime: { locality: { localPercent: 90 } } }),
  },
  {
    title: `one policy of ${POLICIES} (moves ${Math.round(accessPointCount / POLICIES)} access points)`,
    next: edited(named('PlacementPolicy', 'policy-0'), {
      zones: [...zonesOfPolicy(0).slice(0, 2), fullName(zoneCount - 1)],
    }),
  },
  { title: 'the mesh (touches all)', next: edited(named('Mesh', 'prod'), { locality: { localPercent: 95 } }) },
];

/** The baseline: everything is rendered twice and compared. @returns how many objects differ */
function renderBothSides(next: readonly KubeObject[]): number {
  const keyed = (objects: readonly KubeObject[]): ReadonlyMap<string, string> =>
    new Map(renderOffline(objects, nowMs).manifests.map((manifest) => [keyOf(manifest), canonicalJson(manifest)]));
  const before = keyed(base);
  const after = keyed(next);
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).length;
}

function keyOf(manifest: Manifest): string {
  return `${manifest.metadata.annotations?.[annotations.cluster] ?? ''} ${objectKey(manifest)}`;
}

interface Took {
  readonly wallMs: number;
  /** Of this process; what counts on a machine that others use as well. */
  readonly cpuMs: number;
}

function measure(run: () => unknown): Took {
  const took = Array.from({ length: rounds }, (): Took => {
    const startMs = performance.now();
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return { wallMs: Math.round(performance.now() - startMs), cpuMs: Math.round((user + system) / 1000) };
  });
  return took.sort((left, right) => left.cpuMs - right.cpuMs)[Math.floor(rounds / 2)] ?? { wallMs: 0, cpuMs: 0 };
}

function planOf(next: readonly KubeObject[]): ChangePlan {
  return planHub(base, next, { nowMs }).plan;
}

planOf(edits[1]?.next ?? base);
const rows = edits.map(({ title, next }) => {
  const { clusters } = planOf(next);
  const objects = clusters.reduce((sum, { changes }) => sum + changes.length, 0);
  const plan = measure(() => planOf(next));
  const baseline = measure(() => renderBothSides(next));
  return {
    edit: title,
    clusters: clusters.length,
    objects,
    'plan CPU ms': plan.cpuMs,
    'plan ms': plan.wallMs,
    'baseline CPU ms': baseline.cpuMs,
    'baseline ms': baseline.wallMs,
  };
});
console.log(
  `${accessPointCount} access points, ${zoneCount * 2} clusters, median of ${rounds}; baseline: render both sides`,
);
console.table(rows);
console.log(`resident: ${(process.memoryUsage().rss / 1024 / 1024).toFixed(0)} MB`);
if (values.json !== undefined) {
  const report = { accessPoints: accessPointCount, clusters: zoneCount * 2, baseline: 'render both sides', rows };
  writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
