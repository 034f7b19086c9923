import type { CommandRow, OptionRow } from './command-row';

/** What could be written next, and what it would mean. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What the completion of words asks beside the command table. */
export interface CompletionSources {
  readonly commands: readonly CommandRow[];
  /** Codes that can be explained. */
  readonly codes: () => Promise<readonly Candidate[]>;
}

/** Values of options, and first arguments, that are one of a few. By name of the value in `--help`. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '<kind>': ['flotilla', 'istiod'],
  '<set>': ['flotilla', 'istio', 'all', 'none'],
  '<type>': ['cds', 'eds', 'lds', 'rds', 'sds', 'all'],
  '<verb>': ['status', 'pause', 'resume', 'promote', 'abort', 'rollback', 'retry', 'skip'],
  '<shell>': ['bash', 'zsh', 'fish'],
};

/**
 * What a shell can offer for the last of some words, which may be empty or begun. Nothing means: only the person knows, or a file.
 * @param words what stands behind the name of the program, up to the cursor
 */
export async function completeWords(
  words: readonly string[],
  sources: CompletionSources,
): Promise<readonly Candidate[]> {
  const begun = words.at(-1) ?? '';
  const found = await candidates(words.slice(0, -1), begun, sources);
  return found.filter(({ value }) => value.startsWith(begun));
}

async function candidates(
  before: readonly string[],
  begun: string,
  { commands, codes }: CompletionSources,
): Promise<readonly Candidate[]> {
  const [name] = before;
  if (name === undefined) return commands.filter(({ hidden }) => hidden !== true).map(commandCandidate);
  const row = commands.find((command) => command.name === name);
  if (row === undefined) return [];
  const option = row.options.find(({ flags }) => takesValue(flags) && namesOf(flags).includes(before.at(-1) ?? ''));
  if (option !== undefined) return valuesOf(option);
  if (begun.startsWith('-')) return row.options.map(optionCandidate);
  if (before.length > 1) return [];
  if (name === 'explain') return codes();
  return fixed(row.argument?.split(' ')[0] ?? '');
}

function commandCandidate({ name, summary }: CommandRow): Candidate {
  return { value: name, description: summary };
}

/** The long name of an option. */
function optionCandidate({ flags, description }: OptionRow): Candidate {
  return { value: namesOf(flags).at(-1) ?? '', description };
}

/** `-o, --output <format>` → `-o`, `--output`. */
function namesOf(flags: string): readonly string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

function takesValue(flags: string): boolean {
  return flags.includes('<');
}

function valuesOf({ flags, description }: OptionRow): readonly Candidate[] {
  const placeholder = flags.slice(flags.indexOf('<'));
  if (placeholder !== '<format>') return fixed(placeholder);
  const formats = description.match(/\b(?:text|wide|json|yaml|name)\b/g) ?? [];
  return formats.map((value) => ({ value, description: '' }));
}

function fixed(placeholder: string): readonly Candidate[] {
  return (VALUES[placeholder] ?? []).map((value) => ({ value, description: '' }));
}
