import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlotillaError, type Stop } from '../../kernel';
import { systemErrorCode } from '../process/system-error';

/**
 * Takes a data folder for this process; the returned function gives it back. What a dead process left is taken over.
 * @throws FlotillaError FLO6010 when a living process has it.
 */
export function claimDataFolder(folder: string): Stop {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'up.pid');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (cause) {
      if (systemErrorCode(cause) !== 'EEXIST') throw cause;
      const owner = Number(readFileSync(file, 'utf8'));
      if (owner !== process.pid && isAlive(owner)) throw inUse(folder, owner);
      rmSync(file, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (cause) {
    // EPERM: it lives, and belongs to somebody else.
    if (systemErrorCode(cause) === 'ESRCH') return false;
    if (systemErrorCode(cause) === 'EPERM') return true;
    throw cause;
  }
}

function inUse(folder: string, owner: number): FlotillaError {
  return new FlotillaError(`using the data folder ${folder} failed: process ${owner} runs a fleet on it`, {
    code: 'FLO6010',
    retry: 'after-change',
    hint: 'stop that one, or give --data another folder',
  });
}
