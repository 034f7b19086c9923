import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that only grows. Its length counts durable bytes only. */
export class LogFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private durableLength: number,
  ) {}

  /** Opens or makes the file, cut to `length`; the folder entry is durable when this resolves. */
  static async open(path: string, length: number): Promise<LogFile> {
    const handle = await open(path, 'a+', 0o600);
    const { size } = await handle.stat();
    if (size !== length) await handle.truncate(length);
    await handle.sync();
    await syncFolder(dirname(path));
    return new LogFile(path, handle, length);
  }

  get length(): number {
    return this.durableLength;
  }

  /** Appends; the bytes are on disk when this resolves. */
  async append(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written);
      written += bytesWritten;
    }
    await this.handle.datasync();
    this.durableLength += bytes.length;
  }

  /** Takes back what a failed append may have left behind. */
  async dropTail(): Promise<void> {
    await this.handle.truncate(this.durableLength);
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Makes the creation, renaming or removal of files in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
