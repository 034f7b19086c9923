/**
 * Rendering of a whole fleet, pure, on one core:
 *
 *   node -r ./scripts/typescript-register.cjs bench/render-fleet.ts [--access-points 1000] [--clusters 100] [--zones-each 3]
 *
 * 1. Judge, place and render every access point for each of its clusters, with the digest of each bundle.
 * 2. One edit: the same for a single access point.
 */
import { parseArgs } from 'node:util';
import { type AccessPoint, accessPointKind, renderAccessPoint } from '../src/accesspoint';
import { type HubLookups, judgeAccessPoint, revisionDigest, snapshotOf } from '../src/federation';
import { FEDERATION_API_VERSION, type MemberCluster, memberClusterKind, meshKind } from '../src/federation/api';
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

function measure(title: string, run: () => number): void {
  const startMs = performance.now();
  const bundles = run();
  const tookMs = performance.now() - startMs;
  console.log(
    `${title}: ${bundles} bundles in ${tookMs.toFixed(0)} ms, ${((tookMs * 1000) / bundles).toFixed(0)} µs each`,
  );
}

measure('warm-up', () => accessPoints.slice(0, 100).flatMap(render).length);
measure(`${accessPointCount} access points in ${zonesEach} zones each, ${clusters.length} clusters`, () =>
  accessPoints.reduce((sum, one) => sum + render(one).length, 0),
);
measure('one edit', () => render(accessPoints[0]!).length);
console.log(`resident: ${(process.memoryUsage().rss / 1024 / 1024).toFixed(0)} MB`);
