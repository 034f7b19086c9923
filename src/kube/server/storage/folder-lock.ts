import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { folderLocked } from './storage-error';

/** Who holds a data folder. `bootId` and `startTicks` tell a process from a later one with the same number. */
interface Owner {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly bootId: string;
  readonly startTicks: string;
}

const heldHere = new Set<string>();

/**
 * Takes a data folder for this process, so that two never write one log. The lock of a process that is gone (kill -9, reboot)
 * is taken over; of two that try at once, one wins.
 * @returns gives the folder back
 * @throws FlotillaError FLO2250 when a running process holds it
 */
export function lockFolder(folder: string): () => void {
  const path = resolve(folder);
  if (heldHere.has(path)) throw folderLocked(path, `this process (${process.pid})`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const mine: Owner = { token: randomUUID(), pid: process.pid, host: hostname(), ...bootOf(process.pid) };
  const lock = join(path, 'lock');
  const fresh = join(path, `lock.${mine.token}`);
  writeFileSync(fresh, JSON.stringify(mine), { mode: 0o600 });
  try {
    takeOver(path, lock, fresh);
  } finally {
    removeIfThere(fresh);
  }
  heldHere.add(path);
  return () => {
    if (heldHere.delete(path) && readOwner(lock)?.token === mine.token) removeIfThere(lock);
  };
}

/** A hard link is made by one process only; the lock of a dead owner is moved aside under a name that only one can take. */
function takeOver(folder: string, lock: string, fresh: string): void {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (linked(fresh, lock)) return;
    const owner = readOwner(lock);
    if (owner === undefined) continue;
    if (isRunning(owner)) throw folderLocked(folder, `process ${owner.pid} on ${owner.host}`);
    const stale = join(folder, `lock.stale.${owner.token}`);
    if (!linked(fresh, stale)) throw folderLocked(folder, 'another process that is starting just now');
    renameSync(fresh, lock);
    unlinkSync(stale);
    return;
  }
  throw folderLocked(folder, 'another process that is starting just now');
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function readOwner(lock: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Owner;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw folderLocked(lock, 'an owner that cannot be read');
  }
}

/** An owner on another machine counts as running: nothing here can tell. */
function isRunning(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  const now = bootOf(owner.pid);
  return isAlive(owner.pid) && owner.bootId === now.bootId && owner.startTicks === now.startTicks;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux only; elsewhere both are empty and the process number alone decides. */
function bootOf(pid: number): { readonly bootId: string; readonly startTicks: string } {
  const stat = readText(`/proc/${pid}/stat`);
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { bootId: readText('/proc/sys/kernel/random/boot_id').trim(), startTicks: afterName[19] ?? '' };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw cause;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}
