import { istioKinds } from '../../istio';
import { ManualClock, silentLogger } from '../../kernel';
import { KubeClient, writeKubeconfig } from '../../kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../kube/schema';
import { eventually } from '../../kube/testing/eventually';
import { ScriptedApiServer } from '../../kube/testing/scripted-api-server';
import { ZoneSources, type ZoneSourcesOptions } from '.';

const core = [coreKinds.service, coreKinds.endpointSlice, coreKinds.pod, coreKinds.node, coreKinds.secret];
// Namespaces last, since the scripted server takes the first path that fits.
const allKinds = [...core, ...istioKinds, coreKinds.namespace];
const REMOTE = { 'istio/multiCluster': 'true' };

function object(kind: ResourceKind, name: string, namespace?: string, fields: Partial<KubeObject> = {}): KubeObject {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const { metadata, ...rest } = fields;
  return { apiVersion, kind: kind.kind, metadata: { name, ...(namespace ? { namespace } : {}), ...metadata }, ...rest };
}

function put(server: ScriptedApiServer, kind: ResourceKind, name: string, namespace?: string, fields = {}): void {
  server.put(kind, object(kind, name, namespace, fields));
}

function kubeconfigOf(server: ScriptedApiServer): string {
  return Buffer.from(writeKubeconfig(server.connection)).toString('base64');
}

class World {
  readonly clock = new ManualClock();
  readonly client: KubeClient;
  sources: ZoneSources;

  private constructor(
    readonly primary: ScriptedApiServer,
    readonly apps: ScriptedApiServer,
  ) {
    this.client = new KubeClient(primary.connection, { clock: this.clock });
    this.sources = this.make({});
  }

  static async open(primaryKinds: readonly ResourceKind[] = allKinds): Promise<World> {
    return new World(await ScriptedApiServer.start(primaryKinds), await ScriptedApiServer.start(allKinds));
  }

  make(options: Partial<ZoneSourcesOptions>): ZoneSources {
    this.sources = new ZoneSources({
      client: this.client,
      scope: { selectors: [], always: ['istio-system'], gatewayNamespaces: ['istio-gw'] },
      secretNamespaces: ['istio-system'],
      clock: this.clock,
      random: () => 0.5,
      logger: silentLogger,
      connect: (cluster, kubeconfig) => {
        const server = /server: (\S+)/.exec(kubeconfig)?.[1] ?? '';
        return new KubeClient({ cluster, server }, { clock: this.clock });
      },
      ...options,
    });
    return this.sources;
  }

  join(name = 'east-1-apps', kubeconfig = kubeconfigOf(this.apps)): void {
    put(this.primary, coreKinds.secret, 'apps', 'istio-system', {
      metadata: { labels: REMOTE },
      data: { [name]: kubeconfig },
    });
  }

  names(kind: string): string[] {
    const objects = this.sources.objects().filter(({ object: { kind: found } }) => found === kind);
    return objects.map(({ cluster, object: { metadata } }) => `${cluster}/${metadata.name}`).sort();
  }

  async close(): Promise<void> {
    await this.sources.stop();
    await this.client.close();
    await Promise.all([this.primary.close(), this.apps.close()]);
    expect(this.clock.pending).toBe(0);
  }
}

describe('the sources of a zone', () => {
  it('read the gateway cluster and every workload cluster', async () => {
    const world = await World.open();
    put(world.primary, istioKinds[1], 'routes', 'shop');
    put(world.apps, coreKinds.service, 'web', 'shop');
    world.join();
    world.sources.start();
    await eventually(() => world.sources.isReady);
    expect(world.names('VirtualService')).toEqual(['east-1/routes']);
    expect(world.names('Service')).toEqual(['east-1-apps/web']);
    expect(world.sources.clusterStates()).toEqual([
      { cluster: 'east-1-apps', secret: 'istio-system/apps', state: 'Synced' },
    ]);
    await world.close();
  });

  it('are not ready before the gateway cluster was read, however long that takes', async () => {
    const world = await World.open();
    world.primary.faults = ({ path }) => (path.includes('virtualservices') ? { kind: 'status', code: 503 } : undefined);
    world.sources.start();
    await eventually(() => world.sources.states().some(({ state }) => state === 'Stalled'));
    await world.clock.advance(120_000);
    expect(world.sources.isReady).toBe(false);
    world.primary.faults = () => undefined;
    await eventually(() => world.sources.isReady, { clock: world.clock, stepMs: 1000 });
    await world.close();
  });

  it('wait for a workload cluster that does not answer, but not for ever', async () => {
    const world = await World.open();
    world.apps.faults = () => ({ kind: 'status', code: 503 });
    world.join();
    world.make({ holdMs: 10_000 }).start();
    await eventually(() => world.sources.clusterStates().some(({ state }) => state === 'Held'));
    const isOwn = ({ cluster }: { readonly cluster: string }): boolean => cluster === 'east-1';
    await eventually(() =>
      world.sources
        .states()
        .filter(isOwn)
        .every(({ state }) => state === 'Live'),
    );
    expect(world.sources.isReady).toBe(false);
    await world.clock.advance(10_000);
    expect(world.sources.isReady).toBe(true);
    expect(world.sources.clusterStates()).toMatchObject([{ state: 'NotReached' }]);
    await world.close();
  });

  it('take a kind whose CRD is missing for a kind without objects, and see it when it comes', async () => {
    const world = await World.open();
    put(world.primary, istioKinds[1], 'routes', 'shop');
    world.primary.faults = ({ path }) => (path.includes('virtualservices') ? { kind: 'status', code: 404 } : undefined);
    world.sources.start();
    await eventually(() => world.sources.isReady);
    const virtualServices = world.sources.states().find(({ resource }) => resource.startsWith('virtualservices'));
    expect(virtualServices).toMatchObject({ state: 'Absent', objects: 0 });
    world.primary.faults = () => undefined;
    await eventually(() => world.names('VirtualService').length === 1, { clock: world.clock, stepMs: 1000 });
    await world.close();
  });

  it('keep what they know of a cluster that cannot be reached any more', async () => {
    const world = await World.open();
    put(world.apps, coreKinds.pod, 'web-1', 'shop');
    world.join();
    world.sources.start();
    await eventually(() => world.names('Pod').length === 1);
    world.apps.faults = () => ({ kind: 'status', code: 503 });
    world.apps.cutConnections();
    await eventually(() => world.sources.states().some(({ state }) => state === 'Stalled'));
    expect(world.names('Pod')).toEqual(['east-1-apps/web-1']);
    await world.close();
  });

  it('forget a cluster when its Secret goes', async () => {
    const world = await World.open();
    put(world.apps, coreKinds.pod, 'web-1', 'shop');
    world.join();
    world.sources.start();
    await eventually(() => world.names('Pod').length === 1);
    world.primary.remove(coreKinds.secret, 'apps', 'istio-system');
    await eventually(() => world.names('Pod').length === 0);
    await eventually(() => world.apps.openWatches === 0);
    await world.close();
  });

  it('serve from the old credentials until the new ones have read everything', async () => {
    const world = await World.open();
    const moved = await ScriptedApiServer.start(allKinds);
    put(world.apps, coreKinds.pod, 'web-1', 'shop');
    put(moved, coreKinds.pod, 'web-2', 'shop');
    moved.faults = () => ({ kind: 'status', code: 503 });
    world.join();
    world.sources.start();
    await eventually(() => world.names('Pod').length === 1);
    world.join('east-1-apps', kubeconfigOf(moved));
    await eventually(() => moved.requests.length > 0);
    expect(world.names('Pod')).toEqual(['east-1-apps/web-1']);
    moved.faults = () => undefined;
    await eventually(() => world.names('Pod')[0] === 'east-1-apps/web-2', { clock: world.clock, stepMs: 1000 });
    await eventually(() => world.apps.openWatches === 0);
    await world.close();
    await moved.close();
  });

  it('name a kubeconfig that cannot be used, and do not wait for it', async () => {
    const world = await World.open();
    world.make({
      connect: () => {
        throw new Error('it names a command');
      },
    });
    world.join();
    world.sources.start();
    await eventually(() => world.sources.isReady);
    expect(world.sources.clusterStates()).toMatchObject([{ state: 'Invalid', message: 'it names a command' }]);
    await world.close();
  });

  it('ask the API server only for the namespaces that discovery selects', async () => {
    const world = await World.open();
    put(world.primary, coreKinds.namespace, 'shop', undefined, { metadata: { labels: { mesh: 'prod' } } });
    put(world.primary, coreKinds.namespace, 'other');
    for (const namespace of ['shop', 'other']) put(world.primary, coreKinds.pod, `web-${namespace}`, namespace);
    const scope = {
      selectors: [{ matchLabels: { mesh: 'prod' } }],
      always: ['istio-system'],
      gatewayNamespaces: ['istio-gw'],
    };
    world.make({ scope }).start();
    await eventually(() => world.sources.isReady);
    expect(world.names('Namespace')).toEqual(['east-1/shop']);
    expect(world.names('Pod')).toEqual(['east-1/web-shop']);
    const asked = world.primary.requests.filter(({ path }) => path.endsWith('/pods')).map(({ path }) => path);
    expect(new Set(asked)).toEqual(new Set(['/api/v1/namespaces/istio-system/pods', '/api/v1/namespaces/shop/pods']));

    put(world.primary, coreKinds.namespace, 'other', undefined, { metadata: { labels: { mesh: 'prod' } } });
    await eventually(() => world.names('Pod').length === 2);
    world.primary.remove(coreKinds.namespace, 'shop');
    await eventually(() => world.names('Pod').join() === 'east-1/web-other');
    await world.close();
  });

  it('keep of a Secret only what a gateway serves', async () => {
    const world = await World.open();
    const data = { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5', password: 'c2VjcmV0' };
    put(world.primary, coreKinds.secret, 'web', 'istio-gw', { type: 'kubernetes.io/tls', data });
    put(world.primary, coreKinds.secret, 'elsewhere', 'shop', { data });
    world.sources.start();
    await eventually(() => world.names('Secret').length > 0);
    const secrets = world.sources.objects().filter(({ object: { kind } }) => kind === 'Secret');
    expect(secrets.map(({ object: { data: kept } }) => kept)).toEqual([{ 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5' }]);
    await world.close();
  });
});
