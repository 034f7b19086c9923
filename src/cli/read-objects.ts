import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, LineCounter, parseAllDocuments } from 'yaml';
import { FlotillaError } from '../kernel';
import type { KubeObject } from '../kube/schema';

/** One object of a file and where it stands there. */
export interface FileObject {
  readonly object: KubeObject;
  readonly file: string;
  /** 1-based line of its first field. */
  readonly line: number;
}

/**
 * Reads YAML and JSON files, and folders of them (`.yaml`, `.yml`, `.json`, not below), with Lists unfolded. `-` is standard input.
 * @throws FlotillaError FLO3061 when a path cannot be read, FLO3062 when a document is not a Kubernetes object
 */
export async function readObjects(paths: readonly string[], takeAside: TakeAside = () => false): Promise<FileObject[]> {
  return (await readTexts(paths)).flatMap(({ file, text }) => parseObjects(text, file, takeAside));
}

/** The text of every file that the paths stand for. @throws FlotillaError FLO3061 when one cannot be read */
export async function readTexts(paths: readonly string[]): Promise<{ readonly file: string; readonly text: string }[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  return Promise.all(files.map(async (file) => ({ file, text: await textOf(file) })));
}

/** Takes documents that a command reads itself; true for those that it took. */
export type TakeAside = (document: Readonly<Record<string, unknown>>) => boolean;

/** Parses the documents of one text. @throws FlotillaError FLO3062 when one is not a Kubernetes object */
export function parseObjects(text: string, file: string, takeAside: TakeAside = () => false): FileObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const line = lines.linePos(isMap(document.contents) ? (document.contents.range?.[0] ?? 0) : 0).line || 1;
    const [problem] = document.errors;
    if (problem) throw notAnObject(file, problem.linePos?.[0].line ?? line, problem.message);
    const value: unknown = document.toJS();
    if (value === null || value === undefined || (isRecord(value) && takeAside(value))) return [];
    return unfold(value, file, line).map((object) => ({ object, file, line }));
  });
}

function unfold(value: unknown, file: string, line: number): KubeObject[] {
  if (!isRecord(value)) throw notAnObject(file, line, 'the document is not a mapping');
  if (Array.isArray(value.items) && String(value.kind).endsWith('List')) {
    return value.items.flatMap((item) => unfold(item, file, line));
  }
  const { apiVersion, kind, metadata } = value;
  if (
    typeof apiVersion !== 'string' ||
    typeof kind !== 'string' ||
    !isRecord(metadata) ||
    typeof metadata.name !== 'string'
  ) {
    throw notAnObject(file, line, 'apiVersion, kind and metadata.name are needed');
  }
  return [{ ...value, apiVersion, kind, metadata: { ...metadata, name: metadata.name } }];
}

function notAnObject(file: string, line: number, why: string): FlotillaError {
  return new FlotillaError(`${file}:${line}: cannot read a Kubernetes object: ${why}`, {
    code: 'FLO3062',
    retry: 'after-change',
  });
}

async function filesOf(path: string): Promise<string[]> {
  if (path === '-') return [path];
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return path === '-' ? await textOfStream(process.stdin) : await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function textOfStream(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(path: string, cause: unknown): FlotillaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FlotillaError(`cannot read ${path}: ${why}`, { code: 'FLO3061', retry: 'after-change', cause });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
