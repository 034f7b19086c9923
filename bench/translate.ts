/**
 * What building the model and translating it costs, by mesh size. src/pilot/README.md holds a recorded run.
 *
 *   node -r ./scripts/typescript-register.cjs bench/translate.ts [services]
 */
import type { KubeObject } from '../src/kube/schema';
import { buildModel, type ClusterObject, type MeshModel, parseProxy, type Proxy } from '../src/pilot/model';
import { translateAll } from '../src/pilot/translate';

const PODS_PER_SERVICE = 3;
const ROUNDS = 7;

/** A Service of a workload cluster with its Pods, a DestinationRule, and a VirtualService on one shared Gateway. */
function service(index: number): readonly KubeObject[] {
  const name = `service-${index}`;
  const namespace = `space-${index % 20}`;
  const labels = { app: name, 'security.istio.io/tlsMode': 'istio' };
  const ports = [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'tcp', port: 9000, targetPort: 9090 },
  ];
  const addresses = Array.from({ length: PODS_PER_SERVICE }, (_, pod) => addressOf(index * PODS_PER_SERVICE + pod));
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { clusterIP: `172.16.${index >> 8}.${index & 255}`, selector: { app: name }, ports },
    },
    ...addresses.map((address, pod) => podOf({ name: `${name}-${pod}`, namespace, labels, address, pod })),
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [
        { name: 'http', port: 8080 },
        { name: 'tcp', port: 9090 },
      ],
      endpoints: addresses.map((address, pod) => ({
        addresses: [address],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: `${name}-${pod}`, namespace },
      })),
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name, namespace },
      spec: {
        host: `${name}.${namespace}.svc.cluster.local`,
        trafficPolicy: {
          outlierDetection: { consecutive5xxErrors: 5 },
          loadBalancer: {
            localityLbSetting: {
              distribute: [{ from: 'east/east-1/*', to: { 'east/east-1/*': 99, 'west/west-1/*': 1 } }],
            },
          },
        },
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace },
      spec: {
        hosts: [`${name}.example.com`],
        gateways: ['istio-system/public'],
        http: [{ route: [{ destination: { host: `${name}.${namespace}.svc.cluster.local`, port: { number: 80 } } }] }],
      },
    },
  ];
}

/** What an AccessPoint becomes in a gateway cluster, with a Gateway of its own, and the port of a sniffed protocol beside. */
function accessPoint(index: number): readonly KubeObject[] {
  const [name, namespace, host] = [`point-${index}`, `space-${index % 20}`, `point-${index}.example.com`];
  const metadata = { name, namespace };
  const networking = { apiVersion: 'networking.istio.io/v1', metadata };
  const labels = { app: `service-${index}` };
  const tls = { mode: 'SIMPLE', credentialName: name };
  const servers = [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: [host], tls }];
  const ports = [
    { name: 'http', number: 80, protocol: 'HTTP' },
    { name: 'other', number: 7000, protocol: 'UNKNOWN' },
  ];
  const http = [{ route: [{ destination: { host, port: { number: 80 } } }] }];
  const resolution = 'STATIC';
  return [
    { ...networking, kind: 'Gateway', spec: { selector: { istio: 'ingressgateway' }, servers } },
    { ...networking, kind: 'VirtualService', spec: { hosts: [host], gateways: [name, 'mesh'], http } },
    { ...networking, kind: 'ServiceEntry', spec: { hosts: [host], ports, resolution, workloadSelector: { labels } } },
    {
      ...networking,
      kind: 'WorkloadEntry',
      spec: { address: `10.250.${index >> 8}.${index & 255}`, locality: 'west/west-1', labels },
    },
  ];
}

function podOf({
  name,
  namespace,
  labels,
  address,
  pod,
}: {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly pod: number;
}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { nodeName: `node-${pod % 2}`, serviceAccountName: 'default', containers: [] },
    status: { podIP: address, phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}

function nodes(): readonly KubeObject[] {
  return ['east', 'west'].map((region, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${index}`,
      labels: { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': `${region}-1` },
    },
  }));
}

function gateway(): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'istio-system' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  };
}

function proxies(): Readonly<Record<string, Proxy>> {
  const locality = { region: 'east', zone: 'east-1' };
  return {
    sidecar: parseProxy({ id: 'sidecar~10.0.0.1~service-0-0.space-0~space-0.svc.cluster.local', locality }),
    router: parseProxy({
      id: 'router~10.9.0.1~gateway.istio-system~istio-system.svc.cluster.local',
      locality,
      metadata: { LABELS: { istio: 'ingressgateway' } },
    }),
  };
}

/** Processor time of the process, as a busy machine does not stretch it; median of some rounds, and the first. */
function measured(run: () => unknown): { readonly firstMs: number; readonly medianMs: number } {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  const sorted = [...times].sort((left, right) => left - right);
  return { firstMs: times[0] ?? 0, medianMs: sorted[ROUNDS >> 1] ?? 0 };
}

function report(what: string, run: () => unknown): void {
  const { firstMs, medianMs } = measured(run);
  process.stdout.write(
    `${what.padEnd(36)} first ${firstMs.toFixed(0).padStart(5)} ms   median ${medianMs.toFixed(0).padStart(5)} ms\n`,
  );
}

function times(count: number, make: (index: number) => readonly KubeObject[]): readonly KubeObject[] {
  return Array.from({ length: count }, (_, index) => make(index)).flat();
}

function scenario(title: string, all: readonly KubeObject[]): void {
  const objects: readonly ClusterObject[] = all.map((object) => ({ cluster: 'east-1-apps', object }));
  const build = (): MeshModel => buildModel({ mesh: { trustDomain: 'example.com' }, objects });
  process.stdout.write(`${title}: ${objects.length} objects\n`);
  report('buildModel', build);
  for (const [name, proxy] of Object.entries(proxies())) {
    report(`translateAll, ${name}, new model`, () => translateAll(build(), proxy));
    const model = build();
    report(`translateAll, ${name}, same model`, () => translateAll(model, proxy));
    const { cds, eds, lds, rds } = translateAll(model, proxy);
    process.stdout.write(
      `  ${cds.length} clusters, ${eds.length} assignments, ${lds.length} listeners, ${rds.length} routes\n`,
    );
  }
}

function main(): void {
  const count = Number(process.argv[2] ?? 1000);
  const services = [...nodes(), gateway(), ...times(count, service)];
  scenario(`${count} services of 2 ports`, services);
  scenario(`${count} services and ${count} access points of 2 ports`, [...services, ...times(count, accessPoint)]);
}

main();
