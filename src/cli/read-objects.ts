import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, isMap, LineCounter, parseAllDocuments } from 'yaml';
import { FlotillaError } from '../kernel';
import type { KubeObject } from '../kube/schema';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a folder',
};

/** One object of a file and where it stands there. */
export interface FileObject {
  readonly object: KubeObject;
  readonly file: string;
  /** 1-based line of its first field. */
  readonly line: number;
}

/**
 * Reads YAML and JSON files, and folders of them (`.yaml`, `.yml`, `.json`, not below), with Lists unfolded. `-` is standard input.
 * @throws FlotillaError FLO3061 when a path cannot be read, FLO3062 when a document is not a Kubernetes object, FLO3069 for an empty folder or pipe
 */
export async function readObjects(paths: readonly string[], takeAside: TakeAside = () => false): Promise<FileObject[]> {
  return (await readTexts(paths)).flatMap(({ file, text }) => parseObjects(text, file, takeAside));
}

/**
 * The text of every file that the paths stand for.
 * @throws FlotillaError FLO3061 when one cannot be read, FLO3069 when a folder or standard input holds nothing
 */
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
    const value = valueOf(document, `${file}:${line}`, file);
    if (value === null || value === undefined || (isRecord(value) && takeAside(value))) return [];
    return unfold(value, file, line).map((object) => ({ object, file, line }));
  });
}

function valueOf(document: Document.Parsed, where: string, file: string): unknown {
  const [problem] = document.errors;
  if (problem) {
    const [start] = problem.linePos ?? [];
    // What follows the first line of the parser's message shows the text itself.
    const why = problem.message.replace(/ at line \d+, column \d+:?[^]*$/, '');
    throw notYaml(start === undefined ? where : `${file}:${start.line}:${start.col}`, why);
  }
  try {
    return document.toJS();
  } catch (cause) {
    throw notYaml(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function notYaml(where: string, why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`${where}: this is no YAML: ${why}`, {
    code: 'FLO3062',
    retry: 'after-change',
    hint: 'flotilla validate -f FILE names everything that is wrong in a file, with line and column',
    cause,
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
    const names = (await readdir(path)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    if (names.length === 0) throw nothingIn(`the folder ${path}`, 'it has no file *.yaml, *.yml or *.json');
    return names.map((name) => join(path, name));
  } catch (cause) {
    if (cause instanceof FlotillaError) throw cause;
    throw unreadable(path, cause);
  }
}

async function textOf(path: string): Promise<string> {
  if (path === '-') return textOfInput();
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** An empty pipe is most often a command before it that failed, and must not look like "nothing is wanted". */
async function textOfInput(): Promise<string> {
  const text = await textOfStream(process.stdin);
  if (text.trim() === '') throw nothingIn('standard input', 'it is empty');
  return text;
}

function nothingIn(place: string, why: string): FlotillaError {
  return new FlotillaError(`found no object in ${place}: ${why}`, {
    code: 'FLO3069',
    retry: 'after-change',
    hint: 'name the folder that holds the manifests; folders below it are not read',
  });
}

async function textOfStream(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(path: string, cause: unknown): FlotillaError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const why = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new FlotillaError(`cannot read ${path}: ${why}`, {
    code: 'FLO3061',
    retry: 'after-change',
    hint: `check the path and its permissions; paths start from ${process.cwd()}`,
    cause,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
