import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlotillaError } from '../../kernel';
import type { CommandRow } from '../command-row';
import { commandReference } from '../command-reference';
import { customResourceDefinitionsOf } from '../custom-resource-definitions';
import { type ErrorRow, readErrorTables } from '../error-tables';
import { explainField, formatField } from '../explain-field';
import { errorTable, findingLists, findingsReference, shorten } from '../findings-reference';

/** Options of `flotilla explain`. */
export interface ExplainOptions {
  /** A code, or a kind or field; every code is listed without one. */
  readonly arguments: readonly string[];
  readonly output?: string;
  /** Folder to write the generated reference into instead. */
  readonly reference?: string;
  /** The table of commands, for the reference. */
  readonly commands?: readonly CommandRow[];
}

/** One code with all that is known about it, in the shape of `flotilla explain -o json`. */
export interface Explanation extends ErrorRow {
  readonly severity?: string;
  readonly traffic?: string;
  readonly example?: string;
}

/**
 * Prints what a code means, what happens to traffic, what to do, and an example; or what a kind or a field of one is for; without either, all codes
 * in one line each.
 * @throws FlotillaError FLO8801 when there is no such code, FLO3072 no such kind or field, FLO8802 for an unknown format, FLO8803 when the
 *   reference is not installed
 */
export async function run({
  arguments: [wanted],
  output = 'text',
  reference,
  commands = [],
}: ExplainOptions): Promise<void> {
  if (reference !== undefined) return writeReference(reference, commands);
  if (!['text', 'json'].includes(output))
    throw new FlotillaError(`unknown output format "${output}"`, { code: 'FLO8802', hint: 'write text or json' });
  if (wanted !== undefined && !/^(flo)?\d+$/i.test(wanted)) return explainKind(wanted, output);
  const explanations = (await readErrorTables()).map(withText);
  const shown = wanted === undefined ? explanations : [find(explanations, wanted)];
  process.stdout.write(format(shown, output, wanted === undefined));
}

/** A kind of the hub or of Istio, or a field of one. */
function explainKind(wanted: string, output: string): void {
  const explanation = explainField(wanted, customResourceDefinitionsOf('all'));
  process.stdout.write(output === 'json' ? `${JSON.stringify(explanation, undefined, 2)}\n` : formatField(explanation));
}

function withText(row: ErrorRow): Explanation {
  const text = findingLists.flatMap(({ texts }) => texts).find(({ code }) => code === row.code);
  if (text === undefined) return row;
  const { severity, traffic, example } = text;
  return { ...row, severity, traffic, example: shorten(example) };
}

function find(explanations: readonly Explanation[], wanted: string): Explanation {
  const digits = /\d{4}/.exec(wanted)?.[0] ?? '';
  const found = explanations.find(({ code }) => code === `FLO${digits}`);
  if (found !== undefined) return found;
  throw new FlotillaError(`there is no code "${wanted}"`, {
    code: 'FLO8801',
    retry: 'after-change',
    hint: '`flotilla explain` lists all codes',
  });
}

function format(shown: readonly Explanation[], output: string, isList: boolean): string {
  if (output === 'json') return `${JSON.stringify(isList ? { explanations: shown } : shown[0], undefined, 2)}\n`;
  return isList ? shown.map(({ code, when }) => `${code}  ${when}\n`).join('') : shown.map(formatOne).join('\n');
}

/** One code for people. */
export function formatOne({ code, when, fix, severity, traffic, example }: Explanation): string {
  const parts = [
    `${code}${severity === undefined ? '' : ` (${severity})`}: ${when}`,
    ...(traffic === undefined ? [] : [`What happens to traffic\n${indent(traffic)}`]),
    `What to do\n${indent(fix)}`,
    ...(example === undefined ? [] : [`Example that brings it about\n${indent(example)}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

async function writeReference(folder: string, commands: readonly CommandRow[]): Promise<void> {
  await mkdir(join(folder, 'errors'), { recursive: true });
  await writeFile(join(folder, 'findings.md'), findingsReference());
  await writeFile(join(folder, 'commands.md'), commandReference(commands));
  for (const list of findingLists) await writeFile(join(folder, 'errors', `${list.name}.md`), errorTable(list));
}
