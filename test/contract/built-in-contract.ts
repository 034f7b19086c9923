import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

/** Built-in kinds: what the server fills in and watches over. */
export function builtInContract(world: () => ContractWorld): void {
  it('has the namespaces of every cluster, and labels each with its name', async () => {
    const { client } = world();
    const { json } = await client.get('/api/v1/namespaces');
    const names = (json.items ?? []).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(['default', 'kube-node-lease', 'kube-public', 'kube-system']));
    const own = await client.get(`/api/v1/namespaces/${world().namespace}`);
    expect(own.json).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': world().namespace } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    expect((await client.delete('/api/v1/namespaces/kube-system')).json).toMatchObject({
      code: 403,
      reason: 'Forbidden',
    });
  });

  it('encodes the stringData of Secrets and never lets their type change', async () => {
    const { client, core } = bind(world());
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'texts' },
      data: { a: 'MQ==' },
      stringData: { b: '2' },
    };
    const { json } = await client.post(core('secrets'), secret);
    expect(json).toMatchObject({ type: 'Opaque', data: { a: 'MQ==', b: 'Mg==' } });
    expect(json.stringData).toBeUndefined();
    expect((await client.patch(core('secrets', 'texts'), 'merge', { type: 'other' })).status).toBe(422);
    expect(
      (await client.post(core('secrets'), { ...secret, metadata: { name: 'bad' }, data: { a: 'not base64!' } })).status,
    ).toBe(400);
  });

  it('holds a megabyte of data in a Secret or ConfigMap, whatever its encoding adds', async () => {
    const { client, core, config } = bind(world());
    const bytes = (count: number): string => Buffer.alloc(count, 'x').toString('base64');
    const secret = (name: string, count: number): object => ({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { a: bytes(count) } },
    });
    const binary = (name: string, count: number): object => ({ ...config(name), binaryData: { a: bytes(count) } });
    const limit = 1024 * 1024;
    expect((await client.post(core('secrets'), secret('full', limit))).status).toBe(201);
    expect((await client.post(core('configmaps'), binary('full', limit))).status).toBe(201);
    expect((await client.post(core('secrets'), secret('too-full', limit + 1))).json).toMatchObject({
      code: 422,
      message: 'Secret "too-full" is invalid: data: Too long: may not be more than 1048576 bytes',
    });
    expect((await client.post(core('configmaps'), binary('too-full', limit + 1))).json).toMatchObject({
      code: 422,
      message: 'ConfigMap "too-full" is invalid: []: Too long: may not be more than 1048576 bytes',
    });
  });

  it('keeps immutable ConfigMaps and Secrets as they are', async () => {
    const { client, core, config } = bind(world());
    await client.post(core('configmaps'), { ...config('fixed', { a: '1' }), immutable: true });
    expect((await client.patch(core('configmaps', 'fixed'), 'merge', { data: { a: '2' } })).status).toBe(422);
    expect(
      (await client.patch(core('configmaps', 'fixed'), 'merge', { metadata: { labels: { a: 'b' } } })).status,
    ).toBe(200);
  });

  it('completes Deployments, and refuses those that could select nothing', async () => {
    const { client } = world();
    const path = `/apis/apps/v1/namespaces/${world().namespace}/deployments`;
    const spec = {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    };
    const deployment = (name: string, changes: object = {}): object => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { ...spec, ...changes },
    });
    const { json } = await client.post(path, deployment('completed'));
    expect(json.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', containers: [{ imagePullPolicy: 'IfNotPresent' }] },
      },
    });
    const field = async (changes: object): Promise<unknown> => {
      const answer = await client.post(path, deployment('refused', changes));
      return [answer.json.code, (answer.json.details?.causes ?? []).map((cause) => cause.field)];
    };
    expect(await field({ selector: { matchLabels: { app: 'y' } } })).toEqual([422, ['spec.template.metadata.labels']]);
    expect(await field({ template: { metadata: { labels: { app: 'x' } }, spec: { containers: [] } } })).toEqual([
      422,
      ['spec.template.spec.containers'],
    ]);
    expect(await field({ replicas: -1 })).toEqual([422, ['spec.replicas']]);
    const changed = await client.patch(`${path}/completed`, 'merge', {
      spec: { selector: { matchLabels: { app: 'y' } } },
    });
    expect(changed.status).toBe(422);
    const scale = await client.get(`${path}/completed/scale`);
    expect(scale.json).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { selector: 'app=x' } });
  });

  it('starts Pods as Pending, and changes little of them afterwards', async () => {
    const { client, core } = bind(world());
    await world().eventually(async () => (await client.get(core('serviceaccounts', 'default'))).status === 200);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one' },
      spec: { containers: [{ name: 'c', image: 'i:1' }] },
    };
    const { json } = await client.post(core('pods'), { ...pod, status: { phase: 'Running' } });
    expect(json).toMatchObject({
      spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30 },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
    expect((await client.patch(core('pods', 'one'), 'merge', { spec: { hostNetwork: true } })).status).toBe(422);
    expect(
      (await client.patch(core('pods', 'one'), 'strategic', { spec: { containers: [{ name: 'c', image: 'i:2' }] } }))
        .status,
    ).toBe(200);
    const running = await client.patch(`${core('pods', 'one')}/status`, 'merge', {
      status: { phase: 'Running', podIP: '10.0.0.1' },
    });
    expect(running.json.status).toMatchObject({ phase: 'Running' });
    expect((await client.get(`${core('pods')}?fieldSelector=status.phase%3DRunning`)).json.items).toHaveLength(1);
    expect((await client.delete(core('pods', 'one'))).status).toBe(200);
    expect((await client.get(core('pods', 'one'))).status).toBe(404);
  });

  it('keeps a Pod on a node until its kubelet lets go', async () => {
    const { client, core } = bind(world());
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'placed' },
      spec: { nodeName: 'somewhere', containers: [{ name: 'c', image: 'i:1' }] },
    };
    await client.post(core('pods'), pod);
    const { json } = await client.delete(core('pods', 'placed'), { gracePeriodSeconds: 5 });
    expect(json.metadata).toMatchObject({ deletionGracePeriodSeconds: 5 });
    expect((await client.get(core('pods', 'placed'))).status).toBe(200);
    await client.delete(core('pods', 'placed'), { gracePeriodSeconds: 0 });
    expect((await client.get(core('pods', 'placed'))).status).toBe(404);
  });

  it('serves Events in both of their groups, as the same objects', async () => {
    const { client, core } = bind(world());
    const { namespace } = world();
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const regarding = { apiVersion: 'v1', kind: 'ConfigMap', name: 'seen', namespace };
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'noticed', namespace },
      ...{ regarding, reason: 'Noticed', action: 'Look', note: 'somebody looked', type: 'Normal' },
      ...{
        reportingController: 'example.com/contract',
        reportingInstance: 'one',
        eventTime: '2026-01-01T00:00:00.000000Z',
      },
    };
    expect((await client.post(path, event)).status).toBe(201);
    const stored = await client.get(core('events', 'noticed'));
    expect(stored.json).toMatchObject({
      apiVersion: 'v1',
      involvedObject: regarding,
      message: 'somebody looked',
      reportingComponent: 'example.com/contract',
    });
    const byCore = await client.get(`${core('events')}?fieldSelector=involvedObject.name%3Dseen`);
    const byGroup = await client.get(`${path}?fieldSelector=regarding.name%3Dseen`);
    for (const { json } of [byCore, byGroup])
      expect(json.items?.map(({ metadata }) => metadata.name)).toEqual(['noticed']);
    expect((await client.get(`${path}/noticed`)).json).toMatchObject({ regarding, note: 'somebody looked' });
  });

  it('refuses Leases, roles and slices that make no sense', async () => {
    const { client } = world();
    const inNamespace = (group: string, plural: string): string =>
      `/apis/${group}/v1/namespaces/${world().namespace}/${plural}`;
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { leaseDurationSeconds: 0 },
    };
    expect((await client.post(inNamespace('coordination.k8s.io', 'leases'), lease)).status).toBe(422);
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r' },
      rules: [{ verbs: [], resources: ['pods'], apiGroups: [''] }],
    };
    expect((await client.post(inNamespace('rbac.authorization.k8s.io', 'roles'), role)).status).toBe(422);
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 's' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['not-an-address'] }],
    };
    expect((await client.post(inNamespace('discovery.k8s.io', 'endpointslices'), slice)).status).toBe(422);
  });
}
