import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { clusterContexts, hubConnection } from './kubeconfig-files';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-kubeconfig-'));
const before = process.env.KUBECONFIG;

afterEach(() => {
  if (before === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = before;
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, current: string, cluster: object = {}): string {
  const path = join(folder, name);
  const entry = { name, cluster: { server: `https://${name}.example:6443`, ...cluster } };
  const contexts = [
    { name, context: { cluster: name } },
    { name: 'broken', context: { cluster: 'nowhere' } },
  ];
  writeFileSync(path, JSON.stringify({ 'current-context': current, contexts, clusters: [entry] }));
  return path;
}

describe('the hub of a kubeconfig', () => {
  it('is the current context of the first file that names one, wherever that context stands', async () => {
    process.env.KUBECONFIG = [write('one', ''), join(folder, 'none'), write('two', 'one')].join(delimiter);
    expect(await hubConnection(undefined)).toMatchObject({ server: 'https://one.example:6443' });
    expect(await hubConnection(write('three', 'three'))).toMatchObject({ server: 'https://three.example:6443' });
  });

  it('has files that are named relative to the folder of the kubeconfig', async () => {
    const path = write('four', 'four', { 'certificate-authority': 'ca.crt' });
    expect(await hubConnection(path)).toMatchObject({ caFile: join(folder, 'ca.crt') });
  });

  it('has to be named, and to be there', async () => {
    delete process.env.KUBECONFIG;
    await expect(hubConnection(undefined)).rejects.toMatchObject({ code: 'FLO3084', message: 'no hub was named' });
    await expect(hubConnection(join(folder, 'none'))).rejects.toMatchObject({
      code: 'FLO3084',
      message: `there is no kubeconfig ${join(folder, 'none')}`,
    });
    mkdirSync(join(folder, 'sub'));
    await expect(hubConnection(join(folder, 'sub'))).rejects.toMatchObject({
      code: 'FLO3071',
      message: expect.stringMatching(/sub: .*EISDIR/) as string,
    });
    writeFileSync(join(folder, 'list'), '- a');
    await expect(hubConnection(join(folder, 'list'))).rejects.toMatchObject({
      code: 'FLO2020',
      message: expect.stringContaining(join(folder, 'list')) as string,
    });
  });
});

describe('the contexts of clusters', () => {
  it('have the name of the cluster, or were chosen, and are looked for in all files', async () => {
    process.env.KUBECONFIG = write('east-1', 'east-1');
    const contextOf = await clusterContexts(write('hub', 'hub'), ['west-1=east-1']);
    expect(contextOf('east-1')).toMatchObject({ name: 'east-1', chosen: false });
    expect(contextOf('west-1')).toMatchObject({
      name: 'east-1',
      chosen: true,
      connection: { server: 'https://east-1.example:6443' },
    });
    expect(contextOf('south-1')).toBeUndefined();
    expect(contextOf('broken')).toMatch(/^context broken of \S+hub: .*"nowhere", which is absent/);
  });

  it('that were chosen have to be there', async () => {
    process.env.KUBECONFIG = write('east-1', 'east-1');
    for (const choice of ['west-1', '=east-1', 'west-1=', 'west-1=north']) {
      await expect(clusterContexts(undefined, [choice])).rejects.toMatchObject({ code: 'FLO3114' });
    }
  });
});
