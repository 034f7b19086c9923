import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChartRelease } from '../chart/chart-clusters';
import type { KubectlServer } from './kubectl-server';

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
  'values.yaml': 'replicas: 1\n',
  'crds/sizes.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sizes.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: sizes, kind: Size}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {value: {type: string}}}}}}}
`,
  'templates/web.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}", labels: {app: web}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
---
apiVersion: example.com/v1
kind: Size
metadata: {name: "{{ .Release.Name }}"}
spec: {value: "{{ .Values.replicas }}"}
`,
  'templates/hooks.yaml': `
{{- range $name, $hook := dict "before" "pre-install,pre-upgrade" "after" "post-install,post-upgrade,post-rollback" "gone" "post-delete" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ $.Release.Name }}-{{ $name }}"
  annotations: {helm.sh/hook: {{ $hook | quote }}, helm.sh/hook-delete-policy: before-hook-creation}
data: {revision: "{{ $.Release.Revision }}"}
{{- end }}
`,
};

/** What the real helm does with a chart that has hooks and a kind of its own, and with Flotilla's own chart. */
export function describeHelm(name: string, start: () => Promise<KubectlServer>): void {
  describe(`the real helm against ${name}`, () => {
    let server: KubectlServer;
    let release: ChartRelease;

    beforeAll(async () => {
      server = await start();
      release = new ChartRelease(server.kubeconfig);
    }, 120_000);

    afterAll(async () => {
      await server.close();
      rmSync(release.kubectl.folder, { recursive: true });
    }, 60_000);

    const read = (path: string, ...what: string[]): Promise<string> =>
      release.kubectl.run(['get', ...what, '-o', `jsonpath={${path}}`]);

    it('installs, upgrades, rolls back and uninstalls a chart with hooks and a kind of its own', async () => {
      const { kubectl } = release;
      const chart = join(kubectl.folder, 'chart');
      for (const [file, text] of Object.entries(CHART)) {
        mkdirSync(join(chart, file, '..'), { recursive: true });
        writeFileSync(join(chart, file), text);
      }
      const hook = (which: string): Promise<string> => read('.data.revision', 'configmap', `one-${which}`);
      await kubectl.helm(['install', 'one', chart]);
      expect(await read('.spec.replicas', 'deploy', 'one')).toBe('1');
      expect([await hook('before'), await hook('after')]).toEqual(['1', '1']);
      await kubectl.helm(['upgrade', 'one', chart, '--set', 'replicas=3']);
      expect(await read('.spec.replicas', 'deploy', 'one')).toBe('3');
      expect(await read('.spec.value', 'size', 'one')).toBe('3');
      expect([await hook('before'), await hook('after')]).toEqual(['2', '2']);
      await kubectl.helm(['rollback', 'one', '1']);
      expect(await read('.spec.replicas', 'deploy', 'one')).toBe('1');
      expect(await kubectl.helm(['history', 'one'])).toMatch(/3 .*deployed .*Rollback to 1/);
      await kubectl.helm(['uninstall', 'one']);
      expect(await kubectl.run(['get', 'deploy,size', '-o', 'name'])).toBe('');
      expect(await hook('gone')).not.toBe('');
    }, 60_000);

    it('installs, upgrades, rolls back and uninstalls Flotilla, and keeps its kinds', async () => {
      const { kubectl } = release;
      await release.install('hub.enabled=true', 'hub.storage=external');
      const hub = ['deploy', 'flotilla-hub', '-n', 'flotilla-system'];
      expect(await read('.spec.replicas', ...hub)).toBe('1');
      await kubectl.run(['wait', '--for=condition=Established', 'crd/meshes.federation.flotilla.dev', '--timeout=10s']);
      const secret = ['secret', 'flotilla-hub-webhook', '-n', 'flotilla-system'];
      const certificate = await read('.data.tls\\.crt', ...secret);
      expect(certificate).not.toBe('');
      const mesh = { trustDomain: 'prod.example' };
      await kubectl.apply(
        JSON.stringify({
          apiVersion: 'federation.flotilla.dev/v1alpha1',
          kind: 'Mesh',
          metadata: { name: 'prod' },
          spec: mesh,
        }),
      );

      await release.install('hub.enabled=true', 'hub.storage=external', 'hub.replicas=3', 'hub.logLevel=debug');
      expect(await read('.spec.replicas', ...hub)).toBe('3');
      expect(await read('.data.tls\\.crt', ...secret)).toBe(certificate); // made once, and kept
      await release.helm(['rollback', 'flotilla', '1']);
      expect(await read('.spec.replicas', ...hub)).toBe('1');

      await release.helm(['uninstall', 'flotilla']);
      expect(await kubectl.run(['get', 'deploy,role,networkpolicy,pdb', '-n', 'flotilla-system', '-o', 'name'])).toBe(
        '',
      );
      expect(await kubectl.run(['get', 'mesh', 'prod', '-o', 'name'])).toBe('mesh.federation.flotilla.dev/prod\n');
    }, 60_000);

    it('installs a hub with an API server of its own, which is the default, and keeps its volume', async () => {
      const { kubectl } = release;
      await release.install('hub.enabled=true', 'hub.persistence.size=2Gi');
      const hub = ['statefulset', 'flotilla-hub', '-n', 'flotilla-system'];
      const [mounts, claims] = ['.spec.template.spec.containers[0].volumeMounts[*].name', '.spec.volumeClaimTemplates'];
      expect((await read(mounts, ...hub)).split(' ')).toContain('data');
      expect(await read(`${claims}[0].metadata.name`, ...hub)).toBe('data');
      expect(await read(`${claims}[0].spec.resources.requests.storage`, ...hub)).toBe('2Gi');
      await release.install('hub.enabled=true', 'hub.persistence.size=2Gi', 'hub.logLevel=debug');
      expect(await read('.metadata.generation', ...hub)).toBe('2');
      const larger = release.install('hub.enabled=true', 'hub.persistence.size=20Gi');
      await expect(larger).rejects.toThrow(/updates to statefulset spec for fields other than/);
      await release.helm(['uninstall', 'flotilla']);
      expect(await kubectl.run(['get', 'statefulset', '-n', 'flotilla-system', '-o', 'name'])).toBe('');
    }, 60_000);
  });
}
