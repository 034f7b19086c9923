import { Registry } from 'prom-client';
import type { AccessPoint } from '../../src/accesspoint';
import { accessPointKind } from '../../src/accesspoint';
import { type Bundle, bundleKind, FEDERATION_API_VERSION, SYSTEM_NAMESPACE } from '../../src/federation/api';
import { type Hub, startHub } from '../../src/federation/hub';
import { silentLogger, systemClock } from '../../src/kernel';
import { createKubeMetrics, KubeClient, LeaderElection, parseKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject } from '../../src/kube/schema';
import { startZone, type Zone } from '../../src/zone';
import { ChartRelease, type ChartClusters } from './chart-clusters';

const shared = { clock: systemClock, random: Math.random, logger: silentLogger };

/**
 * A hub and a zone in this process with exactly the rights that the chart gives to their service accounts. What people, load balancers
 * and workloads do is done by admins.
 */
export class ChartFleet {
  readonly releases: Readonly<Record<'hub' | 'gateway' | 'apps', ChartRelease>>;
  /** Clients of admins. */
  readonly admins: Readonly<Record<'hub' | 'gateway' | 'apps', KubeClient>>;
  readonly registries = { hub: new Registry(), zone: new Registry() };
  private readonly closing: (() => Promise<void>)[] = [];
  private hub: Hub | undefined;
  private zone: Zone | undefined;

  constructor(clusters: ChartClusters) {
    const { hub, gateway, apps } = clusters;
    this.releases = { hub: new ChartRelease(hub), gateway: new ChartRelease(gateway), apps: new ChartRelease(apps) };
    const admin = (kubeconfig: string): KubeClient => new KubeClient(parseKubeconfig(kubeconfig));
    this.admins = { hub: admin(hub), gateway: admin(gateway), apps: admin(apps) };
  }

  /** Installs the chart everywhere, tells everybody of everybody, and starts hub and zone. */
  async start(): Promise<void> {
    const { hub, gateway, apps } = this.releases;
    await hub.install('hub.enabled=true', 'hub.storage=external', 'hub.webhook.enabled=false');
    await gateway.install('zone.enabled=true', 'zone.cluster=east-gateway', 'access.hub.enabled=true');
    await apps.install('access.zone.enabled=true');
    await this.introduce();
    this.hub = await this.startHub();
    this.zone = await this.startZone();
    await this.zone.ready;
  }

  /** Ends hub and zone; the clusters go on. */
  async stopProcesses(): Promise<void> {
    await this.zone?.close();
    await this.hub?.close();
    [this.zone, this.hub] = [undefined, undefined];
    for (const close of this.closing.splice(0)) await close();
  }

  async stop(): Promise<void> {
    await this.stopProcesses();
    await Promise.all(Object.values(this.admins).map((client) => client.close()));
  }

  /** An access point with everything that one can ask of a zone: certificate, drift, members. */
  async createAccessPoint(name: string, spec: object = {}): Promise<void> {
    const object: KubeObject = {
      apiVersion: FEDERATION_API_VERSION,
      kind: 'AccessPoint',
      metadata: { name, namespace: 'shop' },
      spec: {
        mesh: 'prod',
        hosts: [`${name}.shop.example.com`],
        ports: [
          { name: 'https', number: 443, protocol: 'HTTPS', targetPort: 8080, tls: { mode: 'SIMPLE', issuer: 'Mesh' } },
        ],
        backend: { service: { name }, selector: { app: name } },
        placement: { zones: ['east/one'] },
        rollout: { inline: { stages: [{ name: 'all', percent: 100, maxConcurrency: 10 }] } },
        ...spec,
      },
    };
    await this.admins.hub.create(accessPointKind, object as AccessPoint);
  }

  /** The bundles of one owner, and what the zone says of them. */
  async bundlesOf(owner: string): Promise<readonly Bundle[]> {
    const { items } = await this.admins.gateway.list<Bundle>(bundleKind, { namespace: SYSTEM_NAMESPACE });
    return items.filter(({ spec }) => spec?.owner.name === owner);
  }

  /** Requests that a process was refused, and caches that it may not fill: both must be none. */
  async refusals(process: 'hub' | 'zone'): Promise<readonly string[]> {
    const text = await this.registries[process].metrics();
    return text
      .split('\n')
      .filter(
        (line) => /^rest_client_requests_total\{.*code="403"/.test(line) || /^informer_state\{.*\} 3$/.test(line),
      );
  }

  /** Takes verbs on one resource of the gateway cluster from a role. @returns what gives them back */
  async withdraw(
    kind: 'role' | 'clusterrole',
    name: string,
    resource: string,
    verbs: readonly string[],
  ): Promise<() => Promise<void>> {
    const { kubectl } = this.releases.gateway;
    const target = [kind, name, '-n', SYSTEM_NAMESPACE];
    const { rules } = JSON.parse(await kubectl.run(['get', ...target, '-o', 'json'])) as { rules: Rule[] };
    const write = async (value: readonly Rule[]): Promise<void> => {
      const patch = JSON.stringify([{ op: 'replace', path: '/rules', value }]);
      await kubectl.run(['patch', ...target, '--type=json', '-p', patch]);
    };
    await write(rules.map((rule) => (rule.resources?.includes(resource) === true ? without(rule, verbs) : rule)));
    return () => write(rules);
  }

  /** A new token for the hub: it connects to the gateway cluster anew. */
  async renewHubCredentials(): Promise<void> {
    const kubeconfig = await this.releases.gateway.kubeconfigOf('flotilla-hub-access');
    const data = { kubeconfig: Buffer.from(`${kubeconfig}\n`).toString('base64') };
    await this.admins.hub.patch(coreKinds.secret, 'east-credentials', SYSTEM_NAMESPACE, { data }, { type: 'merge' });
  }

  private async introduce(): Promise<void> {
    const { hub, gateway, apps } = this.admins;
    const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const name of ['shop']) await hub.create(coreKinds.namespace, namespace(name));
    for (const name of ['istio-system', 'istio-prod']) await gateway.create(coreKinds.namespace, namespace(name));
    await apps.create(coreKinds.namespace, namespace('shop'));
    const hubAccess = await this.releases.gateway.kubeconfigOf('flotilla-hub-access');
    const zoneAccess = await this.releases.apps.kubeconfigOf('flotilla-zone-access');
    await hub.create(coreKinds.secret, secret('east-credentials', { kubeconfig: hubAccess }));
    const label = { 'istio/multiCluster': 'true' };
    await gateway.create(coreKinds.secret, secret('istio-remote-secret-east-apps', { 'east-apps': zoneAccess }, label));
    const manifests = [
      {
        ...{ kind: 'Mesh', metadata: { name: 'prod' } },
        spec: { trustDomain: 'prod.example', rootNamespace: 'istio-system', gatewayNamespace: 'istio-prod' },
      },
      member('east-gateway', 'Gateway', { credentialsSecretRef: { name: 'east-credentials' } }),
      member('east-apps', 'Workload', {}),
    ].map((manifest) => ({ apiVersion: FEDERATION_API_VERSION, ...manifest }));
    await this.releases.hub.kubectl.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
  }

  private async startHub(): Promise<Hub> {
    const metrics = createKubeMetrics(this.registries.hub);
    const kubeconfig = await this.releases.hub.kubeconfigOf('flotilla-hub');
    const client = new KubeClient({ ...parseKubeconfig(kubeconfig), cluster: 'hub' }, { metrics });
    this.closing.push(() => client.close());
    const election = new LeaderElection({
      ...{ client, namespace: SYSTEM_NAMESPACE, name: 'flotilla-hub', identity: 'hub-0', ...shared },
    });
    const connect = (connection: Parameters<typeof client.forCluster>[0]): KubeClient => client.forCluster(connection);
    return startHub({ client, connect, ...shared, election, queueMetrics: metrics.queue });
  }

  private async startZone(): Promise<Zone> {
    const registry = this.registries.zone;
    const metrics = createKubeMetrics(registry);
    const kubeconfig = await this.releases.gateway.kubeconfigOf('flotilla-zone');
    const client = new KubeClient({ ...parseKubeconfig(kubeconfig), cluster: 'east-gateway' }, { metrics });
    this.closing.push(() => client.close());
    return startZone({
      ...{ cluster: 'east-gateway', client, primary: 'flotilla', ...shared, registry, queueMetrics: metrics.queue },
      ...{ xds: '127.0.0.1:0', tlsXds: '127.0.0.1:0', debug: '127.0.0.1:0' },
    });
  }
}

interface Rule {
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

function without(rule: Rule, verbs: readonly string[]): Rule {
  return { ...rule, verbs: rule.verbs.filter((verb) => !verbs.includes(verb)) };
}

function secret(name: string, data: Readonly<Record<string, string>>, labels: object = {}): KubeObject {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  const metadata = { name, namespace: SYSTEM_NAMESPACE, labels: { ...labels } };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(encoded) as object };
}

function member(name: string, role: 'Gateway' | 'Workload', spec: object): object {
  return {
    kind: 'MemberCluster',
    metadata: { name },
    spec: { region: 'east', zone: 'one', role, meshes: ['prod'], ...spec },
  };
}
