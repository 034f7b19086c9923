import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Flotilla keeps what it can fetch or make again: `$XDG_CACHE_HOME/flotilla`, or `~/.cache/flotilla`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'flotilla');
}
