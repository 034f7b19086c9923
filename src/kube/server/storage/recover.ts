import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRecord } from './log-record';
import { readRecords } from './read-records';
import { readSnapshot } from './snapshot';
import { storageDamaged } from './storage-error';
import type { StoredObject } from './stored-object';

/** A put or a deletion read back from a log. */
export type ChangeRecord = Extract<LogRecord, { readonly revision: number; readonly key: unknown }>;

/** What recovery hands its findings to, in the order they were written. */
export interface RecoveryTarget {
  /** An object of the snapshot; comes before every change. */
  restore(object: StoredObject): void;
  /** The snapshot was read: changes after this revision follow. */
  startAt(revision: number): void;
  /** A change that was durable. The JSON of a put must be copied to be kept. */
  change(record: ChangeRecord): void;
}

/** Where writing goes on. */
export interface Recovered {
  readonly revision: number;
  /** The last log and how much of it is good. */
  readonly logPath: string;
  readonly logLength: number;
  /** How many bytes at the end of the log were no whole record and are given up; they were never acknowledged. */
  readonly tornBytes: number;
  readonly snapshotBytes: number;
}

/** Path of the log whose records follow a revision. */
export function logPathOf(folder: string, revision: number): string {
  return join(folder, `log-${String(revision).padStart(16, '0')}`);
}

/** Path of the snapshot of a revision. */
export function snapshotPathOf(folder: string, revision: number): string {
  return join(folder, `snapshot-${String(revision).padStart(16, '0')}`);
}

/**
 * Reads a data folder: the newest snapshot, then the logs that follow it. A log may end in a torn line; anything else
 * that does not read back is damage.
 * @throws FlotillaError FLO2251 on damage
 */
export async function recover(folder: string, target: RecoveryTarget): Promise<Recovered> {
  const { snapshots, logs } = await dataFilesOf(folder);
  const base = snapshots.at(-1) ?? 0;
  const snapshotPath = snapshotPathOf(folder, base);
  const snapshotBytes = base === 0 ? 0 : await readSnapshot(snapshotPath, (object) => target.restore(object));
  target.startAt(base);
  let state: Replayed = { revision: base, goodLength: 0, length: 0 };
  let logPath = logPathOf(folder, base);
  for (const first of logs.filter((revision) => revision >= base)) {
    if (state.goodLength !== state.length) throw storageDamaged(logPath, state.goodLength, 'a later log exists');
    logPath = logPathOf(folder, first);
    state = await replay(logPath, state.revision, target);
  }
  await removeOld(folder, { snapshots, logs }, base);
  const tornBytes = state.length - state.goodLength;
  return { revision: state.revision, logPath, logLength: state.goodLength, tornBytes, snapshotBytes };
}

interface Replayed {
  readonly revision: number;
  readonly goodLength: number;
  readonly length: number;
}

async function replay(path: string, startRevision: number, target: RecoveryTarget): Promise<Replayed> {
  let revision = startRevision;
  let goodLength = 0;
  let length = 0;
  let torn = false;
  for await (const located of readRecords(path)) {
    length = located.end;
    if (!located.ok) {
      torn = true;
      continue;
    }
    const { record } = located;
    // A barrier says that everything before it was durable: then a bad line before it is damage, not a torn end.
    if (torn && record.kind === 'barrier') throw storageDamaged(path, goodLength, 'good records follow');
    if (torn) continue;
    if (record.kind === 'put' || record.kind === 'delete') {
      if (record.revision !== revision + 1)
        throw storageDamaged(path, located.offset, `revision ${revision + 1} is missing`);
      target.change(record);
      revision = record.revision;
    }
    goodLength = located.end;
  }
  return { revision, goodLength, length };
}

/** Revisions of the snapshots and logs in a folder, ascending. Unfinished snapshots are removed. */
async function dataFilesOf(folder: string): Promise<{ snapshots: number[]; logs: number[] }> {
  const names = await readdir(folder);
  for (const name of names.filter((candidate) => candidate.endsWith('.tmp'))) await rm(join(folder, name));
  const revisions = (pattern: RegExp): number[] =>
    names
      .map((name) => pattern.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((left, right) => left - right);
  return { snapshots: revisions(/^snapshot-(\d+)$/), logs: revisions(/^log-(\d+)$/) };
}

/** Removes what a snapshot has made superfluous; a compaction that was cut short leaves such files behind. */
export async function removeOld(
  folder: string,
  { snapshots, logs }: { readonly snapshots: readonly number[]; readonly logs: readonly number[] },
  base: number,
): Promise<void> {
  for (const revision of snapshots.filter((candidate) => candidate < base)) await rm(snapshotPathOf(folder, revision));
  for (const revision of logs.filter((candidate) => candidate < base)) await rm(logPathOf(folder, revision));
}

/** As {@link removeOld}, for the files that are there now. */
export async function removeBefore(folder: string, revision: number): Promise<void> {
  await removeOld(folder, await dataFilesOf(folder), revision);
}
