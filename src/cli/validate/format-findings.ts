import type { Finding, Severity } from '../../kernel';
import type { TerminalStyle } from '../terminal-style';

/** How much was looked at, and what was found. */
export interface ValidationSummary {
  readonly files: number;
  readonly objects: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** Counts findings by severity. */
export function summarize(findings: readonly Finding[], files: number, objects: number): ValidationSummary {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { files, objects, errors: count('error'), warnings: count('warning'), infos: count('info') };
}

/** Findings for people: by file, each with its place, and a summary as the last line. */
export function formatFindings(findings: readonly Finding[], summary: ValidationSummary, style: TerminalStyle): string {
  const files = [...new Set(findings.map(({ file = '' }) => file))];
  const groups = files.map((file) => {
    const own = findings.filter((finding) => (finding.file ?? '') === file);
    return `${style.strong(file)}\n${own.map((finding) => formatRow(finding, style)).join('')}\n`;
  });
  return `${groups.join('')}${summaryLine(summary)}\n`;
}

function formatRow(
  { line = 1, column = 1, severity, code, object, path, message, hint }: Finding,
  style: TerminalStyle,
): string {
  const paint = { error: style.removed, warning: style.changed, info: style.quiet }[severity];
  const name =
    object === undefined
      ? ''
      : `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name} `;
  const where = path === undefined ? '' : `${path}: `;
  const first = `  ${`${line}:${column}`.padEnd(7)} ${paint(severity.padEnd(7))} ${code} ${style.quiet(name)}${where}${message}\n`;
  return hint === undefined ? first : `${first}${' '.repeat(26)}${style.quiet(hint)}\n`;
}

function summaryLine({ files, objects, errors, warnings, infos }: ValidationSummary): string {
  const some = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  const looked = `${some(objects, 'object')} in ${some(files, 'file')}`;
  if (errors + warnings + infos === 0) return `${looked}: nothing found`;
  const parts = [some(errors, 'error'), some(warnings, 'warning'), ...(infos === 0 ? [] : [`${infos} info`])];
  return `${looked}: ${parts.join(', ')}; \`flotilla explain CODE\` tells more`;
}
