import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessPoint } from '../../accesspoint';
import { parseKubeconfig, writeKubeconfig } from '../../kube';
import { cacheFolder } from './cache-folder';
import { claimAddresses, findAccessPorts, findFreePort, findGatewayPorts } from './claim-addresses';
import { claimDataFolder } from './claim-data-folder';
import { combineKubeconfigs } from './combined-kubeconfig';
import { convergenceGaps } from './convergence';
import { findEnvoy, installedEnvoy } from './find-envoy';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'flotilla-fleet-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('findEnvoy', () => {
  const program = (path: string, mode = 0o755): string => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, mode);
    return path;
  };

  it('takes ENVOY_PATH, then the PATH, then the cache', () => {
    const cache = join(folder, 'cache');
    expect(findEnvoy({ PATH: join(folder, 'bin') }, cache)).toBeUndefined();
    const cached = program(installedEnvoy(cache));
    expect(findEnvoy({ PATH: join(folder, 'bin') }, cache)).toBe(cached);
    const onPath = program(join(folder, 'bin', 'envoy'));
    expect(findEnvoy({ PATH: `/nonexistent:${join(folder, 'bin')}` }, cache)).toBe(onPath);
    const named = program(join(folder, 'my-envoy'));
    expect(findEnvoy({ PATH: join(folder, 'bin'), ENVOY_PATH: named }, cache)).toBe(named);
    expect(findEnvoy({ PATH: join(folder, 'bin'), ENVOY_PATH: '' }, cache)).toBe(onPath);
  });

  it('refuses an ENVOY_PATH that is no program rather than taking another', () => {
    expect(() => findEnvoy({ ENVOY_PATH: join(folder, 'absent') }, folder)).toThrow(/ENVOY_PATH/);
  });
});

it('keeps what it fetched where the system says', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/flotilla');
  expect(cacheFolder({})).toMatch(/\.cache\/flotilla$/);
});

describe('claimDataFolder', () => {
  it('is for one living process at a time', () => {
    const release = claimDataFolder(folder);
    const file = join(folder, 'up.pid');
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    release();
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '1');
    expect(() => claimDataFolder(folder)).toThrow(/process 1 runs a fleet/);
  });

  it('takes over what a dead process left', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'up.pid'), String(pid));
    claimDataFolder(folder)();
  });
});

describe('addresses and ports', () => {
  it('gives each fleet a block of its own, and a released one again', async () => {
    const [first, second] = [await claimAddresses(), await claimAddresses()];
    expect(first.block).not.toBe(second.block);
    await first.release();
    const third = await claimAddresses();
    expect(third.block).toBe(first.block);
    await Promise.all([second.release(), third.release()]);
  });

  it('finds ports that differ, and the usual ones where they may be bound', async () => {
    const sets = await findGatewayPorts(3);
    const numbers = sets.flatMap((set) => Object.values(set) as number[]);
    expect(new Set(numbers).size).toBe(9);
    expect(await findFreePort()).toBeGreaterThan(1023);
    expect([80, 8000]).toContain((await findAccessPorts(250)).http);
  });
});

it('combines kubeconfigs into one with a context for each, the first current', () => {
  const single = (server: string, token: string) => writeKubeconfig({ cluster: 'same', server, token });
  const combined = combineKubeconfigs(
    new Map([
      ['hub', single('https://127.0.0.1:1', 'hub token')],
      ['east-1-apps', single('https://127.0.0.1:2', 'apps token')],
    ]),
  );
  expect(parseKubeconfig(combined)).toMatchObject({
    cluster: 'hub',
    server: 'https://127.0.0.1:1',
    token: 'hub token',
  });
  expect(parseKubeconfig(combined, 'east-1-apps')).toMatchObject({
    server: 'https://127.0.0.1:2',
    token: 'apps token',
  });
});

describe('convergenceGaps', () => {
  const TYPES = ['Accepted', 'Placed', 'AddressAssigned', 'CertificateInstalled', 'Available', 'RolloutComplete'];
  const accessPoint = (types: readonly string[], observedGeneration = 1): AccessPoint =>
    ({
      metadata: { name: 'checkout', generation: 1 },
      status: { observedGeneration, conditions: types.map((type) => ({ type, status: 'True', message: 'fine' })) },
    }) as unknown as AccessPoint;

  it('wants every condition, and routes only where somebody can acknowledge them', () => {
    expect(convergenceGaps(accessPoint(TYPES), false)).toEqual([]);
    expect(convergenceGaps(accessPoint(TYPES), true)).toEqual(['RouteConfigured: not reported yet']);
    expect(convergenceGaps(accessPoint(TYPES.slice(1)), false)).toEqual(['Accepted: not reported yet']);
  });

  it('does not trust a status of an older spec, or none', () => {
    expect(convergenceGaps(accessPoint(TYPES, 0), false)).toHaveLength(1);
    expect(convergenceGaps(undefined, false)).toHaveLength(1);
  });
});
