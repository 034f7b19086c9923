import { rmSync } from 'node:fs';
import { eventually } from '../fleet/test-fleet';
import { Kubectl } from '../tools/kubectl';
import type { KubectlServer } from './kubectl-server';

const sizes = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sizes.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: sizes, kind: Size}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {value: {type: string}}}}}}}
`;

/** What the real kubectl sees of a cluster's own workings: garbage collection, namespaces, roles, tokens, events. */
export function describeCluster(name: string, start: () => Promise<KubectlServer>): void {
  describe(`a whole cluster on ${name}`, () => {
    let server: KubectlServer;
    let kubectl: Kubectl;

    beforeAll(async () => {
      server = await start();
      kubectl = new Kubectl(server.kubeconfig);
    }, 120_000);

    afterAll(async () => {
      await server.close();
      rmSync(kubectl.folder, { recursive: true });
    }, 60_000);

    const read = (path: string, ...what: string[]): Promise<string> =>
      kubectl.run(['get', ...what, '-o', `jsonpath={${path}}`]);

    describe('deletes with', () => {
      /** A chain owner ← middle ← leaf of ConfigMaps. */
      const chain = async (namespace: string): Promise<void> => {
        await kubectl.run(['create', 'namespace', namespace]);
        let owner: { name: string; uid: string } | undefined;
        for (const name of ['owner', 'middle', 'leaf']) {
          const ownerReferences = owner
            ? [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner, blockOwnerDeletion: true }]
            : [];
          const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ownerReferences } };
          await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(object) });
          owner = { name, uid: await read('.metadata.uid', 'configmap', name, '-n', namespace) };
        }
      };

      it('background cascade: dependents follow', async () => {
        await chain('background');
        await kubectl.run(['delete', 'configmap', 'owner', '-n', 'background']);
        await kubectl.run(['wait', '--for=delete', 'configmap/leaf', '-n', 'background', '--timeout=10s']);
      });

      it('foreground cascade: dependents go first', async () => {
        await chain('foreground');
        await kubectl.run(['delete', 'configmap', 'owner', '-n', 'foreground', '--cascade=foreground']);
        expect(await kubectl.run(['get', 'configmap', '-n', 'foreground', '-o', 'name'])).toBe('');
      });

      it('orphan cascade: dependents stay and forget their owner', async () => {
        await chain('orphan');
        await kubectl.run(['delete', 'configmap', 'owner', '-n', 'orphan', '--cascade=orphan']);
        expect(await read('.metadata.ownerReferences', 'configmap', 'middle', '-n', 'orphan')).toBe('');
        expect(await read('.metadata.ownerReferences[0].name', 'configmap', 'leaf', '-n', 'orphan')).toBe('middle');
      });
    });

    it('a namespace takes its content with it, and waits for finalizers', async () => {
      await kubectl.run(['create', 'namespace', 'leaving']);
      const held = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'held', namespace: 'leaving', finalizers: ['example.com/hold'] },
      };
      await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(held) });
      await kubectl.run(['delete', 'namespace', 'leaving', '--wait=false']);
      await kubectl.run(['wait', '--for=condition=NamespaceContentRemaining', 'namespace/leaving', '--timeout=10s']);
      expect(await read('.status.phase', 'namespace', 'leaving')).toBe('Terminating');
      const late = await kubectl.attempt(['create', 'configmap', 'late', '-n', 'leaving']);
      expect(late.stderr).toContain('unable to create new content in namespace leaving because it is being terminated');
      await kubectl.run([
        'patch',
        'configmap',
        'held',
        '-n',
        'leaving',
        '--type=merge',
        '-p',
        '{"metadata":{"finalizers":null}}',
      ]);
      await kubectl.run(['wait', '--for=delete', 'namespace/leaving', '--timeout=10s']);
    });

    it('a kind takes its objects with it', async () => {
      await kubectl.apply(sizes);
      await kubectl.apply('apiVersion: example.com/v1\nkind: Size\nmetadata: {name: last}\n');
      await kubectl.run(['delete', 'crd', 'sizes.example.com']);
      // Which words it is depends on kubectl's own cache of kinds.
      const { stderr } = await kubectl.attempt(['get', 'sizes']);
      expect(stderr).toMatch(/doesn't have a resource type "sizes"|could not find the requested resource/);
    });

    it('roles say who may do what', async () => {
      const canI = async (...args: string[]): Promise<string> =>
        (await kubectl.attempt(['auth', 'can-i', ...args])).stdout.trim();
      expect(await canI('create', 'pods')).toBe('yes');
      expect(await canI('get', 'pods', '--as=bob')).toBe('no');
      await kubectl.run(['create', 'role', 'reader', '--verb=get,list', '--resource=pods']);
      await kubectl.run(['create', 'rolebinding', 'bob', '--role=reader', '--user=bob']);
      expect(await canI('list', 'pods', '--as=bob')).toBe('yes');
      expect(await canI('list', 'pods', '--as=bob', '-n', 'kube-system')).toBe('no');
      expect(await canI('--list', '--as=bob')).toMatch(/pods +\[\] +\[\] +\[get list\]/);
      const refused = await kubectl.attempt(['delete', 'pod', 'x', '--as=bob']);
      expect(refused.stderr).toContain(
        'User "bob" cannot delete resource "pods" in API group "" in the namespace "default"',
      );
    });

    it('a role made of others follows them', async () => {
      await kubectl.run(['create', 'clusterrole', 'monitoring', '--aggregation-rule=team=monitoring']);
      await kubectl.run(['create', 'clusterrole', 'part', '--verb=get', '--resource=pods']);
      await kubectl.run(['label', 'clusterrole', 'part', 'team=monitoring']);
      const rules = ['--for=jsonpath={.rules[0].resources[0]}=pods', 'clusterrole/monitoring', '--timeout=10s'];
      expect(await kubectl.run(['wait', ...rules])).toContain('condition met');
    });

    it('service account tokens open what the account may open', async () => {
      await kubectl.run(['create', 'serviceaccount', 'robot']);
      const token = (await kubectl.run(['create', 'token', 'robot'])).trim();
      const asRobot = (...args: string[]) => kubectl.attempt([...args, `--token=${token}`]);
      expect((await asRobot('auth', 'whoami')).stdout).toContain('system:serviceaccount:default:robot');
      expect((await asRobot('get', 'pods')).stderr).toContain('Forbidden');
      await kubectl.run(['create', 'rolebinding', 'robot', '--clusterrole=view', '--serviceaccount=default:robot']);
      expect((await asRobot('get', 'pods')).code).toBe(0);
      await kubectl.run(['delete', 'serviceaccount', 'robot']);
      // Upstream remembers for ten seconds that a token was good.
      await eventually(
        () => asRobot('get', 'pods'),
        ({ stderr }) => stderr.includes('Unauthorized'),
        30_000,
      );
    });

    it('events are described with the object they are about', async () => {
      await kubectl.run(['create', 'configmap', 'eventful']);
      const uid = await read('.metadata.uid', 'configmap', 'eventful');
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'eventful.1', namespace: 'default' },
        involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'eventful', namespace: 'default', uid },
        reason: 'Noticed',
        message: 'somebody looked',
        type: 'Normal',
        count: 1,
        source: { component: 'test' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
      };
      await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(event) });
      expect(await kubectl.run(['describe', 'configmap', 'eventful'])).toMatch(/Normal +Noticed .*somebody looked/);
      expect(
        await kubectl.run(['get', 'events', '--field-selector', 'involvedObject.name=eventful', '-o', 'name']),
      ).toBe('event/eventful.1\n');
      expect(await kubectl.run(['events', '--for', 'configmap/eventful'])).toContain('somebody looked');
    });
  });
}
