import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeRecord } from './log-record';
import { syncFolder } from './log-file';
import { readRecords } from './read-records';
import { storageDamaged } from './storage-error';
import { restoreObject, type StoredObject } from './stored-object';

const FLUSH_BYTES = 1024 * 1024;

/**
 * Writes every object of a moment to a file that appears under its name only when whole and durable.
 * @returns its length in bytes
 */
export async function writeSnapshot(path: string, revision: number, objects: readonly StoredObject[]): Promise<number> {
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  let length = 0;
  try {
    for (const bytes of chunksOf(revision, objects)) {
      await handle.appendFile(bytes);
      length += bytes.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return length;
}

function* chunksOf(revision: number, objects: readonly StoredObject[]): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for (const { key, revision: objectRevision, json } of objects) {
    const record = encodeRecord({ kind: 'put', revision: objectRevision, key, json });
    waiting.push(record);
    bytes += record.length;
    if (bytes < FLUSH_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  yield Buffer.concat([...waiting, encodeRecord({ kind: 'end', revision, count: objects.length })]);
}

/** Reads a snapshot back. @throws FlotillaError FLO2251 unless every line and the closing count are right. */
export async function readSnapshot(path: string, keep: (object: StoredObject) => void): Promise<number> {
  let count = 0;
  let length = 0;
  let ended = false;
  for await (const located of readRecords(path)) {
    length = located.end;
    if (!located.ok || ended) throw storageDamaged(path, located.offset, 'a line does not match its checksum');
    const { record } = located;
    if (record.kind === 'put') {
      keep(restoreObject(record.key, record.revision, record.json));
      count += 1;
    }
    if (record.kind === 'end') ended = record.count === count;
  }
  if (!ended) throw storageDamaged(path, length, 'the end is missing');
  return length;
}
