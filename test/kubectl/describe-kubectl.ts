import { rmSync } from 'node:fs';
import { Kubectl } from '../tools/kubectl';
import type { KubectlServer } from './kubectl-server';

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    additionalPrinterColumns:
    - {name: Size, type: string, jsonPath: .spec.size}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        description: A thing of a size.
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: string, description: How big it is., enum: [small, large]}
              replicas: {type: integer, default: 1, minimum: 0}
          status:
            type: object
            properties: {replicas: {type: integer}}
`;

const widget = (size: string, name = 'one'): string => `
apiVersion: example.com/v1
kind: Widget
metadata: {name: ${name}}
spec: {size: ${size}}
`;

const deployment = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
`;

/** What the real kubectl does with kinds and objects, on any API server. */
export function describeKubectl(name: string, start: () => Promise<KubectlServer>): void {
  describe(`the real kubectl against ${name}`, () => {
    let server: KubectlServer;
    let kubectl: Kubectl;

    beforeAll(async () => {
      server = await start();
      kubectl = new Kubectl(server.kubeconfig);
      await kubectl.apply(widgets);
      await kubectl.run(['wait', '--for=condition=Established', 'crd/widgets.example.com', '--timeout=10s']);
    }, 120_000);

    afterAll(async () => {
      await server.close();
      rmSync(kubectl.folder, { recursive: true });
    }, 60_000);

    it('finds the kinds', async () => {
      const resources = await kubectl.run(['api-resources', '-o', 'wide']);
      const [, verbs = ''] = /^widgets +wd +example.com\/v1 +true +Widget +([a-z,]+)/m.exec(resources) ?? [];
      expect(verbs.split(',').sort().join()).toBe('create,delete,deletecollection,get,list,patch,update,watch');
      expect(await kubectl.run(['api-resources', '--api-group=example.com', '-o', 'name'])).toBe(
        'widgets.example.com\n',
      );
      expect(resources).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment .* all$/m);
      expect(await kubectl.run(['api-versions'])).toContain('example.com/v1\n');
      expect(await kubectl.run(['version'])).toMatch(/^Server Version: v1\.3[56]\./m);
    });

    it('creates built-in objects, which it sends as protobuf', async () => {
      await kubectl.run(['create', 'namespace', 'shop']);
      await kubectl.run(['create', 'configmap', 'settings', '--from-literal=a=b', '-n', 'shop']);
      await kubectl.run(['create', 'secret', 'generic', 'keys', '--from-literal=a=b', '-n', 'shop']);
      await kubectl.run(['create', 'deployment', 'web', '--image=nginx', '--replicas=0', '-n', 'shop']);
      const get = (path: string, ...what: string[]): Promise<string> =>
        kubectl.run(['get', ...what, '-n', 'shop', '-o', `jsonpath={${path}}`]);
      expect(await get('.data.a', 'configmap', 'settings')).toBe('b');
      expect(await get('.data.a', 'secret', 'keys')).toBe('Yg==');
      expect(await get('.spec.replicas', 'deployment', 'web')).toBe('0');
      expect(await get('.metadata.managedFields[0].manager', 'deployment', 'web', '--show-managed-fields')).toBe(
        'kubectl-create',
      );
    });

    it('applies, and applies again without a change', async () => {
      expect(await kubectl.apply(deployment(1))).toBe('deployment.apps/web created\n');
      expect(await kubectl.apply(deployment(1))).toBe('deployment.apps/web unchanged\n');
      expect(await kubectl.apply(deployment(2))).toBe('deployment.apps/web configured\n');
      const state = '{.metadata.generation} {.spec.replicas}';
      expect(await kubectl.run(['get', 'deploy', 'web', '-o', `jsonpath=${state}`])).toBe('2 2');
    });

    it('applies several objects in one list, checked by the server', async () => {
      const list = (size: string, field: string): string =>
        JSON.stringify({
          ...{ apiVersion: 'v1', kind: 'List' },
          items: ['listed-1', 'listed-2'].map((name) => ({
            ...{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec: { [field]: size } },
          })),
        });
      expect(await kubectl.apply(list('small', 'size'))).toBe(
        'widget.example.com/listed-1 created\nwidget.example.com/listed-2 created\n',
      );
      const typo = await kubectl.attempt(['apply', '-f', '-'], { input: list('small', 'seize') });
      expect(typo.stderr).toMatch(/unknown field "(spec\.)?seize"/);
    });

    it('applies custom objects on the server side, and names who stands in the way', async () => {
      expect(await kubectl.apply(widget('small'), '--server-side')).toBe('widget.example.com/one serverside-applied\n');
      const other = await kubectl.attempt(['apply', '--server-side', '--field-manager=other', '-f', '-'], {
        input: widget('large'),
      });
      expect(other.code).toBe(1);
      expect(other.stderr).toContain('Apply failed with 1 conflict: conflict with "kubectl": .spec.size');
      await kubectl.apply(widget('large'), '--server-side', '--field-manager=other', '--force-conflicts');
      expect(await kubectl.run(['get', 'widget', 'one', '-o', 'jsonpath={.spec.size} {.spec.replicas}'])).toBe(
        'large 1',
      );
    });

    it('shows what a change would do', async () => {
      await kubectl.apply(widget('small', 'shown'));
      const none = await kubectl.attempt(['diff', '-f', '-'], { input: widget('small', 'shown') });
      expect(none).toMatchObject({ code: 0, stdout: '' });
      const some = await kubectl.attempt(['diff', '-f', '-'], { input: widget('large', 'shown') });
      expect(some.code).toBe(1);
      expect(some.stdout).toMatch(/^-  size: small\n\+  size: large$/m);
      expect(await kubectl.run(['get', 'wd', 'shown', '-o', 'jsonpath={.spec.size}'])).toBe('small');
    });

    it('refuses what the schema forbids, naming the field', async () => {
      const typo = await kubectl.attempt(['apply', '-f', '-'], {
        input: `${widget('small', 'bad')}\n`.replace('size', 'seize'),
      });
      expect(typo.stderr).toContain('unknown field "spec.seize"');
      const value = await kubectl.attempt(['apply', '-f', '-'], { input: widget('medium', 'bad') });
      expect(value.stderr).toContain('spec.size: Unsupported value: "medium": supported values: "small", "large"');
      const dry = await kubectl.attempt(['apply', '--dry-run=server', '-f', '-'], { input: widget('small', 'dry') });
      expect(dry.stdout).toBe('widget.example.com/dry created (server dry run)\n');
      expect((await kubectl.attempt(['get', 'widget', 'dry'])).stderr).toContain('widgets.example.com "dry" not found');
    });

    it('patches in every way', async () => {
      await kubectl.apply(deployment(1).replace('name: web,', 'name: patched,'));
      const patch = (type: string, body: unknown): Promise<string> =>
        kubectl.run(['patch', 'deploy', 'patched', '--type', type, '-p', JSON.stringify(body)]);
      await patch('strategic', { spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } } });
      await patch('merge', { metadata: { labels: { by: 'merge' } } });
      await patch('json', [{ op: 'replace', path: '/spec/replicas', value: 7 }]);
      const state = '{.spec.template.spec.containers[*].name} {.metadata.labels.by} {.spec.replicas}';
      expect(await kubectl.run(['get', 'deploy', 'patched', '-o', `jsonpath=${state}`])).toBe('side web merge 7');
      const failed = await kubectl.attempt(['patch', 'wd', 'one', '--type', 'strategic', '-p', '{}']);
      expect(failed.stderr).toContain('application/strategic-merge-patch+json is not supported');
    });

    it('labels, annotates, selects and scales', async () => {
      await kubectl.apply(widget('small', 'marked'));
      await kubectl.run(['label', 'wd', 'marked', 'tier=gold']);
      await kubectl.run(['annotate', 'wd', 'marked', 'note=yes']);
      expect(await kubectl.run(['get', 'wd', '-l', 'tier in (gold)', '-o', 'name'])).toBe(
        'widget.example.com/marked\n',
      );
      expect(await kubectl.run(['get', 'wd', '--field-selector', 'metadata.name=marked', '-o', 'name'])).toBe(
        'widget.example.com/marked\n',
      );
      await kubectl.run(['scale', 'wd', 'marked', '--replicas=4']);
      expect(await kubectl.run(['get', 'wd', 'marked', '-o', 'jsonpath={.spec.replicas}'])).toBe('4');
    });

    it('prints tables with the columns of the kind', async () => {
      await kubectl.apply(widget('large', 'printed'));
      const [header, row] = (await kubectl.run(['get', 'wd', 'printed'])).trim().split('\n');
      expect(header).toMatch(/^NAME +SIZE +AGE$/);
      expect(row).toMatch(/^printed +large +\d+s$/);
      expect(await kubectl.run(['get', 'deploy', '-o', 'wide'])).toMatch(
        /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR/,
      );
    });

    it('explains fields and describes objects', async () => {
      expect(await kubectl.run(['explain', 'widget.spec.size'])).toContain('How big it is.');
      expect(await kubectl.run(['explain', 'deployment.spec.template.spec.containers'])).toContain('imagePullPolicy');
      expect(await kubectl.run(['describe', 'deploy', 'web'])).toMatch(/Replicas: +2 desired/);
      expect(await kubectl.run(['describe', 'wd', 'one'])).toMatch(/Size: +large/);
    });

    it('watches, and waits for what is to come', async () => {
      await kubectl.apply(widget('small', 'watched'));
      const seen = kubectl.untilPrinted(
        ['get', 'wd', 'watched', '-w', '-o', 'jsonpath={.spec.size}{"\\n"}'],
        /small\nlarge\n/,
      );
      const ready = kubectl.run(['wait', '--for=jsonpath={.spec.size}=large', 'wd/watched', '--timeout=20s']);
      await kubectl.untilPrinted(['get', 'wd', 'watched', '-w'], /watched/);
      await kubectl.apply(widget('large', 'watched'));
      expect(await seen).toContain('small\nlarge\n');
      expect(await ready).toContain('condition met');
      const gone = kubectl.run(['wait', '--for=delete', 'wd/watched', '--timeout=20s']);
      await kubectl.run(['delete', 'wd', 'watched']);
      await gone;
    });

    it('makes objects from files and under made-up names, and replaces them', async () => {
      const file = kubectl.write('made.yaml', widget('small', 'made'));
      expect(await kubectl.run(['create', '-f', file])).toBe('widget.example.com/made created\n');
      expect((await kubectl.attempt(['create', '-f', file])).stderr).toContain(
        'Error from server (AlreadyExists): error when creating',
      );
      const named = await kubectl.run(['create', '-f', '-', '-o', 'name'], {
        input: widget('small').replace('name: one', 'generateName: made-up-'),
      });
      expect(named).toMatch(/^widget\.example\.com\/made-up-[a-z0-9]{5}\n$/);
      expect(await kubectl.run(['replace', '-f', '-'], { input: widget('large', 'made') })).toBe(
        'widget.example.com/made replaced\n',
      );
      const stale = widget('small', 'made').replace('name: made', 'name: made, resourceVersion: "1"');
      expect((await kubectl.attempt(['replace', '-f', '-'], { input: stale })).stderr).toContain(
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    });

    it('labels and annotates over and away, and shows columns of its choice', async () => {
      await kubectl.apply(widget('small', 'tagged'));
      await kubectl.run(['label', 'wd', 'tagged', 'tier=gold', 'zone=a']);
      expect((await kubectl.attempt(['label', 'wd', 'tagged', 'tier=silver'])).stderr).toContain(
        "'tier' already has a value (gold), and --overwrite is false",
      );
      await kubectl.run(['label', 'wd', 'tagged', 'tier=silver', '--overwrite']);
      await kubectl.run(['label', 'wd', 'tagged', 'zone-']);
      await kubectl.run(['annotate', 'wd', 'tagged', 'note=yes']);
      await kubectl.run(['annotate', 'wd', 'tagged', 'note-']);
      const columns = 'custom-columns=NAME:.metadata.name,TIER:.metadata.labels.tier,SIZE:.spec.size';
      expect(await kubectl.run(['get', 'wd', 'tagged', '-o', columns])).toMatch(/^tagged +silver +small$/m);
      expect(await kubectl.run(['get', 'wd', 'tagged', '-L', 'tier', '--no-headers'])).toMatch(/ silver\n$/);
      expect(await kubectl.run(['get', 'wd', '-l', 'zone', '-o', 'name'])).toBe('');
      const names = await kubectl.run(['get', 'wd', '--sort-by=.metadata.creationTimestamp', '-o', 'name']);
      expect(names.trim().split('\n').at(-1)).toBe('widget.example.com/tagged');
    });

    it('waits for what is made, and follows status and scale', async () => {
      const made = kubectl.run(['wait', '--for=create', 'wd/awaited', '--timeout=20s']);
      await kubectl.apply(widget('small', 'awaited'));
      expect(await made).toContain('widget.example.com/awaited condition met');
      await kubectl.run([
        'patch',
        'wd',
        'awaited',
        '--subresource=status',
        '--type=merge',
        '-p',
        '{"status":{"replicas":2}}',
      ]);
      expect(await kubectl.run(['get', 'wd', 'awaited', '-o', 'jsonpath={.status.replicas}'])).toBe('2');
      expect(
        await kubectl.run(['get', 'wd', 'awaited', '--subresource=scale', '-o', 'jsonpath={.status.replicas}']),
      ).toBe('2');
      const late = await kubectl.attempt(['wait', '--for=jsonpath={.spec.size}=large', 'wd/awaited', '--timeout=1s']);
      expect(late.stderr).toContain('timed out waiting for the condition');
    });

    it('applies sets with pruning', async () => {
      const labelled = (name: string): string => widget('small', `${name}, labels: {set: pruned}`);
      await kubectl.apply(`${labelled('kept')}---${labelled('dropped')}`);
      const flags = ['--prune', '-l', 'set=pruned', '--prune-allowlist=example.com/v1/Widget'];
      expect(await kubectl.apply(labelled('kept'), ...flags)).toContain('widget.example.com/dropped pruned');
      expect(await kubectl.run(['get', 'wd', '-l', 'set=pruned', '-o', 'name'])).toBe('widget.example.com/kept\n');
    });

    it('edits with a script for an editor', async () => {
      await kubectl.apply(widget('small', 'edited'));
      const editor = kubectl.write('editor.sh', '#!/bin/sh\nsed -i s/small/large/ "$1"\n');
      const printed = await kubectl.run(['edit', 'wd', 'edited'], { env: { KUBE_EDITOR: editor } });
      expect(printed).toBe('widget.example.com/edited edited\n');
      expect(await kubectl.run(['get', 'wd', 'edited', '-o', 'jsonpath={.spec.size}'])).toBe('large');
    });

    it('deletes objects, collections and kinds', async () => {
      await kubectl.apply(widget('small', 'gone'));
      expect(await kubectl.run(['delete', 'wd', 'gone'])).toContain('"gone" deleted');
      await kubectl.run(['delete', 'wd', '--all']);
      expect(await kubectl.run(['get', 'wd', '-o', 'name'])).toBe('');
      expect((await kubectl.attempt(['delete', 'namespace', 'kube-system'])).stderr).toContain(
        'this namespace may not be deleted',
      );
    });
  });
}
