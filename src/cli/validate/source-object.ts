import { type Document, LineCounter, parseAllDocuments, visit, type YAMLParseError } from 'yaml';
import { referenceTo } from '../../istio/findings';
import type { Finding } from '../../kernel';
import { type Position, positionOf } from './field-position';

/** One object of a file, unchecked, and where its fields stand. */
export interface SourceObject {
  readonly file: string;
  readonly object: Readonly<Record<string, unknown>>;
  /** Place of a field, or of the object itself without a path. */
  readonly position: (path?: string) => Position;
}

/** What one file holds. */
export interface ParsedSource {
  readonly objects: readonly SourceObject[];
  /** What keeps parts of the file from being read. */
  readonly findings: readonly Finding[];
}

/** Reads the documents of one file of YAML or JSON. What cannot be read becomes a finding with its place; the rest is read all the same. */
export function parseSource(file: string, text: string): ParsedSource {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true });
  const documents: readonly Document[] = Array.isArray(parsed) ? (parsed as Document[]) : [];
  const parts = documents.map((document) => parseDocument(file, document, lines));
  return { objects: parts.flatMap(({ objects }) => objects), findings: parts.flatMap(({ findings }) => findings) };
}

function parseDocument(file: string, document: Document, lines: LineCounter): ParsedSource {
  const findings: Finding[] = document.errors.map((error) => syntaxFinding(file, error));
  const start = positionOf(document, lines, '');
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { objects: [], findings };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    if (value === null || value === undefined) return { objects: [], findings };
    const unfolded = unfold({ file, value, path: '', place: (path) => positionOf(document, lines, path) });
    return {
      objects: unfolded.objects,
      findings: [...findings, ...ambiguousFindings(file, document, lines), ...unfolded.findings],
    };
  } catch (cause) {
    const message = `the document cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { objects: [], findings: [...findings, { code: 'FLO8804', severity: 'error', file, ...start, message }] };
  }
}

function syntaxFinding(file: string, { code, message, linePos }: YAMLParseError): Finding {
  const [place] = linePos ?? [];
  const [first = message] = message.split('\n');
  const where = { file, line: place?.line ?? 1, column: place?.col ?? 1 };
  if (code === 'DUPLICATE_KEY')
    return {
      code: 'FLO8805',
      severity: 'error',
      ...where,
      message: 'the key is given twice in one map',
      hint: 'keep one; only one of the two would count',
    };
  return {
    code: 'FLO8804',
    severity: 'error',
    ...where,
    message: `this is no YAML: ${first.replace(/ at line \d+, column \d+:?$/, '')}`,
  };
}

interface Unfolding {
  readonly file: string;
  readonly value: unknown;
  readonly path: string;
  readonly place: (path: string) => Position;
}

function unfold({ file, value, path, place }: Unfolding): ParsedSource {
  const at = (field: string): string => (path === '' || field === '' ? `${path}${field}` : `${path}.${field}`);
  const refuse = (message: string): ParsedSource => ({
    objects: [],
    findings: [{ code: 'FLO8806', severity: 'error', file, ...place(path), message }],
  });
  if (!isRecord(value)) return refuse('this is no Kubernetes object: it is not a map');
  const { apiVersion, kind, metadata, items } = value;
  if (Array.isArray(items) && typeof kind === 'string' && kind.endsWith('List')) {
    const parts = items.map((item: unknown, index) =>
      unfold({ file, value: item, path: at(`items[${index}]`), place }),
    );
    return { objects: parts.flatMap(({ objects }) => objects), findings: parts.flatMap(({ findings }) => findings) };
  }
  const missing = [
    ...(typeof apiVersion === 'string' ? [] : ['apiVersion']),
    ...(typeof kind === 'string' ? [] : ['kind']),
    ...(isRecord(metadata) && (typeof metadata.name === 'string' || typeof metadata.generateName === 'string')
      ? []
      : ['metadata.name']),
  ];
  if (missing.length > 0) return refuse(`this is no Kubernetes object: ${missing.join(', ')} missing`);
  return { objects: [{ file, object: value, position: (field = '') => place(at(field)) }], findings: [] };
}

/** Words that kubectl, which reads YAML 1.1, takes for booleans. */
const AMBIGUOUS = /^(y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;

function ambiguousFindings(file: string, document: Document, lines: LineCounter): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || node.type !== 'PLAIN' || typeof node.value !== 'string' || !AMBIGUOUS.test(node.value))
        return;
      const { line, col } = lines.linePos(node.range?.[0] ?? 0);
      const message = `kubectl reads ${node.value} as a boolean`;
      const hint = `write "${node.value}" for the text, or true or false`;
      findings.push({ code: 'FLO8808', severity: 'warning', file, line, column: col, message, hint });
    },
  });
  return findings;
}

/** A finding about an object, with the place of its field. */
export function placed(finding: Finding, source: SourceObject): Finding {
  const { line, column } = source.position(finding.path);
  return { ...finding, object: finding.object ?? referenceTo(source.object), file: source.file, line, column };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
