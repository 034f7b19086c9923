import * as fc from 'fast-check';
import type { Manifest } from '../../federation/api';
import { meshKind } from '../../federation/api';
import { istioKinds } from '../../istio';
import { canonicalJson, parseZoneName } from '../../kernel';
import { objectKey, parseApiVersion, parseObject } from '../../kube/schema';
import { type AccessPoint, accessPointKind } from '../access-point';
import type { AccessPointFacts, PlacedCluster } from '../placed-cluster';
import { specFindings } from '../validation/spec-findings';
import { portFindings } from '../validation/port-findings';
import { renderAccessPoint } from './render-access-point';

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,10}[a-z0-9])?$/);
const host = fc
  .tuple(fc.constantFrom('', '*.'), label, label)
  .map(([wild, name, domain]) => `${wild}${name}.${domain}.example.com`);
const port = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    number: fc.constantFrom(80, 443, 8080, 9000),
    protocol: fc.constantFrom('HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'TCP', 'TLS'),
    targetPort: fc.integer({ min: 1, max: 65535 }),
    tls: fc.constantFrom(
      { mode: 'SIMPLE', issuer: 'Mesh' },
      { mode: 'MUTUAL', secretName: 'x' },
      { mode: 'PASSTHROUGH' },
    ),
    httpsRedirect: fc.boolean(),
  },
  { requiredKeys: ['name', 'number', 'protocol'] },
);
const zones = ['east/a', 'east/b', 'west/c', 'west/d', 'north/e'].map(parseZoneName);
const cluster = fc.tuple(fc.constantFrom(...zones), fc.integer({ min: 1, max: 2 }));
const fleet = fc
  .uniqueArray(cluster, { minLength: 1, maxLength: 8, selector: ([zone, number]) => `${zone}${number}` })
  .map(clustersOf);
const world = fc.record({
  name: fc.oneof(label, fc.stringMatching(/^[a-z][-a-z0-9.]{50,80}[a-z]$/)),
  spec: fc.record({
    hosts: fc.uniqueArray(host, { minLength: 1, maxLength: 4 }),
    ports: fc.uniqueArray(port, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    exportTo: fc.uniqueArray(fc.constantFrom('*', '.', 'audit', 'shop'), { maxLength: 2 }),
    locality: fc.record({ localPercent: fc.integer({ min: 1, max: 100 }), remote: fc.constantFrom('Nearest', 'All') }),
  }),
  clusters: fleet,
  known: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
  drained: fc.subarray(zones),
});

function clustersOf(members: readonly (readonly [PlacedCluster['zone'], number])[]): PlacedCluster[] {
  const apps = members.map(([zone, number]) => ({
    name: `${zone.replace('/', '-')}-${number}`,
    zone,
    role: 'Workload' as const,
    holdsBackend: true,
  }));
  const gateways = [...new Set(members.map(([zone]) => zone))].map((zone) => ({
    name: `${zone.replace('/', '-')}-gw`,
    zone,
    role: 'Gateway' as const,
    holdsBackend: false,
  }));
  return [...apps, ...gateways];
}

const mesh = {
  metadata: { name: 'prod' },
  spec: meshKind.spec.parse({ trustDomain: 'prod.example', gatewayNamespace: 'istio-prod' }),
};
const kinds = new Map(istioKinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));

function accessPointOf(name: string, { locality, ...spec }: { readonly locality: object }): AccessPoint {
  const whole = {
    mesh: 'prod',
    backend: { service: { name: 'checkout' }, selector: { app: 'checkout' } },
    placement: { zones: [...zones] },
    runtime: { locality },
    ...spec,
  };
  return {
    apiVersion: 'v',
    kind: 'AccessPoint',
    metadata: { name, namespace: 'shop' },
    spec: accessPointKind.spec.parse(whole),
  };
}

function issuesOf(manifest: Manifest): unknown[] {
  const kind = kinds.get(`${parseApiVersion(manifest.apiVersion).group}/${manifest.kind}`);
  return kind === undefined ? [] : [...parseObject(kind, manifest).issues];
}

interface Distribution {
  readonly from: string;
  readonly to: Record<string, number>;
}

function distributionOf(manifests: readonly Manifest[]): readonly Distribution[] {
  const rule = manifests.find(({ kind }) => kind === 'DestinationRule');
  const spec = rule?.spec as { trafficPolicy: { loadBalancer: { localityLbSetting: { distribute: Distribution[] } } } };
  return spec.trafficPolicy.loadBalancer.localityLbSetting.distribute;
}

describe('renderAccessPoint', () => {
  it('makes valid objects with unique short names and exact weights, whatever the input and its order', () => {
    fc.assert(
      fc.property(world, ({ name, spec, clusters, known, drained }) => {
        const accessPoint = accessPointOf(name, spec);
        if ([...specFindings(accessPoint.spec!), ...portFindings(accessPoint.spec!.ports)].length > 0) return;
        const vips = clusters
          .filter((_cluster, index) => known[index])
          .map((one, index) => [one.name, `192.0.2.${index + 1}`]);
        const facts: AccessPointFacts = {
          vips: Object.fromEntries(vips) as Record<string, string>,
          drains: Object.fromEntries(drained.map((zone) => [zone, '2030-01-01T00:00:00Z'])),
        };
        for (const one of clusters) {
          const input = { accessPoint, mesh, clusters, facts, cluster: one, revision: 'r' };
          const { manifests } = renderAccessPoint(input);
          expect(manifests.flatMap(issuesOf)).toEqual([]);
          expect(new Set(manifests.map(objectKey)).size).toBe(manifests.length);
          expect(
            manifests.filter(({ metadata }) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(metadata.name)),
          ).toEqual([]);
          expect(canonicalJson(renderAccessPoint({ ...input, clusters: [...clusters].reverse() }).manifests)).toBe(
            canonicalJson(manifests),
          );
          if (one.role === 'Gateway') checkShares(manifests, clusters, facts);
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Every source zone sums to 100 over whole zones, and every zone with an address has a share or takes over in order (R3, R5). */
function checkShares(
  manifests: readonly Manifest[],
  clusters: readonly PlacedCluster[],
  facts: AccessPointFacts,
): void {
  const rule = manifests.find(({ kind }) => kind === 'DestinationRule');
  const order = JSON.parse(rule?.metadata.annotations?.['federation.flotilla.dev/failover-order'] ?? '{}') as Record<
    string,
    string[]
  >;
  const rows = distributionOf(manifests);
  expect(rows.map(({ from }) => from)).toEqual([...new Set(clusters.map(({ zone }) => `${zone}/*`))].sort());
  for (const { from, to } of rows) {
    expect(Object.values(to).reduce((sum, value) => sum + value, 0)).toBe(100);
    const mentioned = [
      ...Object.keys(to).map((zone) => zone.replace('/*', '')),
      ...(order[from.replace('/*', '')] ?? []),
    ];
    expect(new Set(mentioned).size).toBe(mentioned.length);
    const reachable = clusters.filter(({ name, holdsBackend }) => holdsBackend && facts.vips[name] !== undefined);
    for (const { zone } of reachable) expect(mentioned).toContain(zone);
  }
}
