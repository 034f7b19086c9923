/**
 * What the hub does for a whole fleet, pure, on one core:
 *
 *   node -r ./scripts/typescript-register.cjs bench/render-fleet.ts [--access-points 1000] [--clusters 100] [--zones-each 3]
 *
 * 1. Every access point is judged, placed and rendered for each of its clusters, with the digest of each bundle.
 * 2. The hub looks at every access point again, and nothing has changed.
 * 3. One access point is edited: judged, its revision made, and rendered.
 * 4. One cluster has another address: its access point is rendered with it.
 *
 * 2 to 4 go through the hub's own decision, once with what it remembers and once, as the baseline, without. Prints a table, then the same as JSON.
 */
import { parseArgs } from 'node:util';
import { type AccessPoint, accessPointKind, renderAccessPoint } from '../src/accesspoint';
import { type HubLookups, judgeAccessPoint, revisionDigest, snapshotOf } from '../src/federation';
import {
  FEDERATION_API_VERSION,
  type MemberCluster,
  memberClusterKind,
  meshKind,
  type Revision,
} from '../src/federation/api';
import { decideAccessPoint, type RememberedRendering } from '../src/federation/access-point';
import { JudgementCache } from '../src/federation/hub/owners/judgement-cache';
import { RenderCache } from '../src/federation/hub/owners/render-cache';
import type { ZoneView } from '../src/federation/release';
import { strategyOf } from '../src/federation/rollout';
import { digestOf } from '../src/kernel';

const { values } = parseArgs({
  options: {
    'access-points': { type: 'string', default: '1000' },
    clusters: { type: 'string', default: '100' },
    'zones-each': { type: 'string', default: '3' },
  },
});
const accessPointCount = Number(values['access-points']);
const zoneCount = Math.floor(Number(values.clusters) / 2);
const zonesEach = Math.min(zoneCount, Number(values['zones-each']));
const apiVersion = FEDERATION_API_VERSION;

function zoneName(index: number): { readonly region: string; readonly zone: string } {
  return { region: `region-${Math.floor(index / 3)}`, zone: `zone-${index}` };
}

function member(index: number, role: 'Gateway' | 'Workload'): MemberCluster {
  const spec = memberClusterKind.spec.parse({ ...zoneName(index), role, meshes: ['prod'] });
  return { apiVersion, kind: 'MemberCluster', metadata: { name: `c${index}${role === 'Gateway' ? 'g' : 'w'}` }, spec };
}

function accessPoint(index: number): AccessPoint {
  const zones = Array.from({ length: zonesEach }, (_, place) => {
    const { region, zone } = zoneName((index + place) % zoneCount);
    return `${region}/${zone}`;
  });
  const name = `app${index}`;
  const spec = accessPointKind.spec.parse({
    mesh: 'prod',
    hosts: [`${name}.example.com`],
    ports: [
      { name: 'http', number: 80, protocol: 'HTTP', targetPort: 8080 },
      { name: 'grpc', number: 9090, protocol: 'GRPC' },
    ],
    backend: { service: { name }, selector: { app: name } },
    placement: { zones },
  });
  return { apiVersion, kind: 'AccessPoint', metadata: { name, namespace: `team${index % 50}` }, spec };
}

const clusters = Array.from({ length: zoneCount }, (_, index) => [
  member(index, 'Gateway'),
  member(index, 'Workload'),
]).flat();
const mesh = {
  apiVersion,
  kind: 'Mesh',
  metadata: { name: 'prod' },
  spec: meshKind.spec.parse({ trustDomain: 'prod.example' }),
};
const nothing = { policies: [], deployments: [], workloads: [], pools: [], rolloutPolicies: [] };
const lookups: HubLookups = { meshes: [mesh], clusters, ...nothing };
const vips = Object.fromEntries(
  clusters.map(({ metadata }, index) => [metadata.name, `10.0.${index >> 8}.${index & 255}`]),
);
const accessPoints = Array.from({ length: accessPointCount }, (_, index) => accessPoint(index));

const nowMs = Date.UTC(2026, 0, 1);

function render(one: AccessPoint): string[] {
  const { accepted } = judgeAccessPoint(one, lookups, new Set());
  if (accepted === undefined || one.spec === undefined) throw new Error(`${one.metadata.name} is not accepted`);
  const revision = revisionDigest(snapshotOf(one.spec, accepted.mesh, accepted.clusters));
  const facts = { vips };
  return accepted.clusters.map((cluster) => {
    const intent = { accessPoint: one, mesh: { metadata: mesh.metadata, spec: accepted.mesh } };
    return digestOf(renderAccessPoint({ ...intent, clusters: accepted.clusters, facts, cluster, revision }).manifests);
  });
}

/** An access point that runs in every one of its clusters, with the addresses that they reported. */
interface Running {
  readonly accessPoint: AccessPoint;
  readonly revisions: readonly Revision[];
}

const zones: ReadonlyMap<string, ZoneView> = new Map(
  clusters
    .filter(({ spec }) => spec?.role === 'Gateway')
    .map(({ metadata, spec }) => {
      const view = { gateway: metadata.name, held: undefined, bundles: new Map(), refused: new Map() };
      return [`${spec?.region}/${spec?.zone}`, view] as const;
    }),
);

function runningOf(one: AccessPoint): Running {
  const { accepted } = judgeAccessPoint(one, lookups, new Set());
  if (accepted === undefined || one.spec === undefined) throw new Error(`${one.metadata.name} is not accepted`);
  const snapshot = snapshotOf(one.spec, accepted.mesh, accepted.clusters);
  const digest = revisionDigest(snapshot);
  const rows = accepted.clusters.map(({ name, zone }) => {
    return { cluster: name, zone, revision: digest, vip: vips[name], observedAt: '2026-01-01T00:00:00Z' };
  });
  const owner = { kind: 'AccessPoint' as const, name: one.metadata.name };
  const spec = { owner, number: 1, digest, mesh: 'prod', snapshot: { ...snapshot } };
  const revision = { apiVersion, kind: 'Revision', metadata: { name: `${owner.name}-r1` }, spec };
  const metadata = { ...one.metadata, uid: one.metadata.name, generation: 1 };
  return { accessPoint: { ...one, metadata, status: { clusters: rows } }, revisions: [revision] };
}

const renderings = new RenderCache();
const judgements = new JudgementCache();
let renders = 0;

/** The hub's decision about one access point. @returns bundles that it would write */
function decide({ accessPoint: one, revisions }: Running, remembers: boolean): number {
  const previous = new Set((one.status?.clusters ?? []).map(({ cluster }) => cluster));
  const judged = remembers
    ? judgements.judge(one, previous, (trial) => judgeAccessPoint(one, lookups, previous, trial))
    : judgeAccessPoint(one, lookups, previous);
  const cache = remembers ? renderings.begin(`AccessPoint/${one.metadata.namespace}/${one.metadata.name}`) : undefined;
  const remembered: RememberedRendering = (key, make) => {
    const counted = (): ReturnType<typeof make> => {
      renders += 1;
      return make();
    };
    return cache === undefined ? counted() : cache(key, counted);
  };
  const history = { revisions, rollouts: [], approvals: [], strategy: strategyOf(one.spec, []) };
  const surroundings = { clusters, zones, addresses: {}, epoch: 1, nowMs };
  const { accepted } = judged;
  return decideAccessPoint({ accessPoint: one, errors: [], accepted, ...history, ...surroundings, remembered }).write
    .length;
}

function edited({ accessPoint: one, revisions }: Running): Running {
  const runtime = { ...one.spec!.runtime, locality: { ...one.spec!.runtime.locality, localPercent: 90 } };
  const metadata = { ...one.metadata, generation: 2 };
  return { accessPoint: { ...one, metadata, spec: { ...one.spec!, runtime } }, revisions };
}

function moved({ accessPoint: one, revisions }: Running): Running {
  const rows = one.status!.clusters!.map((row, index) => (index === 1 ? { ...row, vip: '10.99.0.1' } : row));
  return { accessPoint: { ...one, status: { ...one.status, clusters: rows } }, revisions };
}

interface Row {
  readonly what: string;
  readonly ms: number;
  readonly renders: number;
}
const rows: Row[] = [];

/** The median of some runs. */
function measure(what: string, run: () => void, runs = 1): void {
  const times: number[] = [];
  for (let round = 0; round < runs; round += 1) {
    renders = 0;
    const startMs = performance.now();
    run();
    times.push(performance.now() - startMs);
  }
  rows.push({ what, ms: times.sort((a, b) => a - b)[Math.floor(runs / 2)]!, renders });
}

accessPoints.slice(0, 200).flatMap(render);
measure('all rendered for the first time', () => {
  for (const one of accessPoints) renders += render(one).length;
});
const running = accessPoints.map(runningOf);
for (const one of running) decide(one, true);
measure('all looked at again, nothing changed', () => running.forEach((one) => decide(one, true)));
measure('baseline: the same without remembering', () => running.forEach((one) => decide(one, false)));
let turn = 0;
const next = (): Running => running[(turn += 1) % running.length]!;
measure('one edit', () => decide(edited(next()), true), 21);
measure('baseline: one edit without remembering', () => decide(edited(next()), false), 21);
measure('one address changed', () => decide(moved(next()), true), 21);
measure('baseline: everyone looked at for one address', () => running.forEach((one) => decide(moved(one), false)));

const residentMb = Math.round(process.memoryUsage().rss / 1024 / 1024);
console.log(
  `${accessPointCount} access points in ${zonesEach} zones each, ${clusters.length} clusters, Node ${process.version}\n`,
);
console.log('| what | ms | bundles rendered |\n| --- | ---: | ---: |');
for (const { what, ms, renders: count } of rows) console.log(`| ${what} | ${ms.toFixed(1)} | ${count} |`);
console.log(`\nresident: ${residentMb} MB`);
console.log(
  JSON.stringify({
    bench: 'render-fleet',
    accessPoints: accessPointCount,
    clusters: clusters.length,
    zonesEach,
    residentMb,
    rows,
  }),
);
