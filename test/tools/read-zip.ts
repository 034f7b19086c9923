import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_LENGTH = 22;
const MAX_COMMENT = 65_535;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly headerOffset: number;
}

/** Reads single files out of a zip archive (APPNOTE 6.3.3, without ZIP64 and encryption): enough for the tools of the tests. */
export function readZipFile(archive: string, name: string): Buffer {
  const file = openSync(archive, 'r');
  try {
    const entry = entriesOf(file).find((candidate) => candidate.name === name);
    if (entry === undefined) throw new Error(`${archive} holds no ${name}`);
    return contentOf(file, entry);
  } finally {
    closeSync(file);
  }
}

function entriesOf(file: number): readonly Entry[] {
  const { size } = fstatSync(file);
  const tailLength = Math.min(size, END_LENGTH + MAX_COMMENT);
  const tail = read(file, size - tailLength, tailLength);
  let end = tail.length - END_LENGTH;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error('not a zip archive');
  const directory = read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length && directory.readUInt32LE(at) === ENTRY_SIGNATURE;) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function contentOf(file: number, { headerOffset, method, compressedBytes }: Entry): Buffer {
  const header = read(file, headerOffset, 30);
  const start = headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = read(file, start, compressedBytes);
  return method === 0 ? bytes : inflateRawSync(bytes);
}

function read(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let filled = 0; filled < length;) {
    const count = readSync(file, bytes, filled, length - filled, position + filled);
    if (count === 0) throw new Error('the archive ends too early');
    filled += count;
  }
  return bytes;
}
