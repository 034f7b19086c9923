import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run, type XdsOptions } from './xds-command';

const node = 'router~10.0.0.1~gateway.istio-system~istio-system.svc.cluster.local';
const serviceEntry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart.example.com]
  resolution: STATIC
  ports: [{name: http, number: 80, protocol: HTTP}]
  endpoints: [{address: 10.9.0.1}]
`;

let folder: string;
let output: { readonly stdout: string[]; readonly stderr: string[] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-xds-'));
  output = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const) {
    jest.spyOn(process[name], 'write').mockImplementation((text) => output[name].push(String(text)) > 0);
  }
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(text: string): string {
  const path = join(folder, 'objects.yaml');
  writeFileSync(path, text);
  return path;
}

function options(text: string, more: Partial<XdsOptions> = {}): XdsOptions {
  return { file: [file(text)], node, ...more };
}

describe('flotilla xds', () => {
  it('prints the resources by type as YAML', async () => {
    await run(options(serviceEntry));
    const printed = parse(output.stdout.join('')) as Readonly<Record<string, readonly { name?: string }[]>>;
    expect(Object.keys(printed)).toEqual(['cds', 'eds', 'lds', 'rds', 'sds']);
    expect(printed.cds?.map(({ name }) => name)).toEqual(['outbound|80||cart.example.com', 'BlackHoleCluster']);
  });

  it('prints one type as JSON, without fields that are not set', async () => {
    await run(options(serviceEntry, { type: 'eds', output: 'json' }));
    expect(JSON.parse(output.stdout.join(''))).toEqual({
      eds: [
        {
          '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
          clusterName: 'outbound|80||cart.example.com',
          endpoints: [
            {
              locality: {},
              lbEndpoints: [
                {
                  endpoint: { address: { socketAddress: { address: '10.9.0.1', portValue: 80 } } },
                  loadBalancingWeight: 1,
                },
              ],
              loadBalancingWeight: 1,
            },
          ],
        },
      ],
    });
  });

  it('takes the proxy from a document of the input', async () => {
    const proxy = 'proxy: {type: sidecar, namespace: shop, name: web, ip: 10.0.0.2, domain: shop.svc.cluster.local}';
    await run({ file: [file(`${proxy}\n---${serviceEntry}`)], type: 'lds', output: 'json' });
    expect(output.stdout.join('')).toContain('virtualInbound');
  });

  it('says on stderr what it left out and what it took for granted', async () => {
    await run(options(`${serviceEntry}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart}\n`));
    expect(output.stderr.join('')).toContain('apps/v1/Deployment is not read');
    expect(output.stderr.join('')).toContain('trust domain prod.example');
  });

  it('prints what serves although an object cannot be read, names the field, and fails', async () => {
    const broken = serviceEntry.replace('name: cart', 'name: broken').replace('number: 80', 'number: eighty');
    await expect(run(options(`${serviceEntry}---${broken}`))).rejects.toMatchObject({ code: 'FLO4026' });
    expect(output.stdout.join('')).toContain('outbound|80||cart.example.com');
    expect(output.stderr.join('')).toContain('spec.ports[0].number');
  });

  it.each<readonly [string, Partial<XdsOptions>]>([
    ['FLO4010', { node: 'gateway' }],
    ['FLO4011', { node: node.replace('router', 'ztunnel') }],
    ['FLO4021', { type: 'clusters' }],
    ['FLO4023', { file: [] }],
    ['FLO4024', { metadata: '[]' }],
    ['FLO4024', { metadata: '{' }],
    ['FLO4025', { output: 'xml' }],
  ])('fails with %s for %j', async (code, more) => {
    await expect(run(options(serviceEntry, more))).rejects.toMatchObject({ code });
    expect(output.stdout).toEqual([]);
  });

  it('fails without any proxy', async () => {
    await expect(run({ file: [file(serviceEntry)] })).rejects.toMatchObject({ code: 'FLO4023' });
  });

  it('fails for a proxy document that lacks a field', async () => {
    await expect(run({ file: [file('proxy: {type: router}')] })).rejects.toMatchObject({ code: 'FLO4022' });
  });

  it.each([
    ['two Meshes', ['a', 'b']],
    ['a Mesh that does not fit', ['UPPER']],
  ])('fails for %s', async (_what, names) => {
    const meshes = names.map(
      (name) =>
        `apiVersion: federation.flotilla.dev/v1alpha1\nkind: Mesh\nmetadata: {name: ${name}}\nspec: {trustDomain: 7}\n`,
    );
    await expect(run(options(meshes.join('---\n')))).rejects.toMatchObject({ code: 'FLO4020' });
  });
});
