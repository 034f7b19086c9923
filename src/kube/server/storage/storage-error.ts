import { FlotillaError } from '../../../kernel';

/** The folder belongs to a running process. */
export function folderLocked(folder: string, owner: string): FlotillaError {
  return new FlotillaError(`cannot open data folder ${folder}: it is in use by ${owner}`, {
    code: 'FLO2250',
    retry: 'after-change',
    hint: 'stop that process, or give this one a folder of its own; remove the file "lock" only if the owner is gone for certain',
  });
}

/** Bytes that had been durable do not read back: not a torn end but damage. */
export function storageDamaged(file: string, offset: number, why: string): FlotillaError {
  return new FlotillaError(`cannot read ${file}: damaged at byte ${offset}: ${why}`, {
    code: 'FLO2251',
    retry: 'never',
    hint: 'restore the data folder from a backup; to give up everything after this byte, cut the file there',
  });
}

/** A write did not become durable; nothing of it will be seen. */
export function writeFailed(file: string, cause: unknown): FlotillaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FlotillaError(`cannot write ${file}: ${why}`, {
    code: 'FLO2252',
    retry: 'backoff',
    hint: 'look at the free space and the health of the disk',
    cause,
  });
}

/** The store was closed, or a failed sync left it in doubt, so it takes no more writes. */
export function storeClosed(why: string): FlotillaError {
  return new FlotillaError(`the store takes no writes: ${why}`, {
    code: 'FLO2253',
    retry: 'never',
    hint: 'restart the API server; it recovers from what is durable',
  });
}

/** Somebody else changed the object first. */
export class RevisionConflictError extends FlotillaError {
  constructor(
    path: string,
    /** The revision found, 0 when the object does not exist. */
    readonly foundRevision: number,
  ) {
    super(`${path} is at revision ${foundRevision}, not at the expected one`, { code: 'FLO2254', retry: 'backoff' });
  }
}

/** A revision that the history in memory no longer reaches back to. */
export class RevisionCompactedError extends FlotillaError {
  constructor(
    readonly wantedRevision: number,
    readonly oldestRevision: number,
  ) {
    super(`too old resource version: ${wantedRevision} (${oldestRevision})`, {
      code: 'FLO2255',
      retry: 'after-change',
    });
  }
}
