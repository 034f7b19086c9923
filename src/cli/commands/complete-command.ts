import type { CommandRow } from '../command-row';
import { type Candidate, completeWords } from '../complete-words';
import { readErrorTables } from '../error-tables';

/** Options of the hidden command that the completion scripts of shells call. */
export interface CompleteOptions {
  /** The words of the command line behind the program's name, up to the cursor. */
  readonly arguments: readonly string[];
  readonly commands: readonly CommandRow[];
}

/** Prints what could be written next, one candidate a line, with a tab before what it means. */
export async function run({ arguments: words, commands }: CompleteOptions): Promise<void> {
  const candidates = await completeWords(words, { commands, codes });
  process.stdout.write(candidates.map(({ value, description }) => `${value}\t${description}\n`).join(''));
}

async function codes(): Promise<readonly Candidate[]> {
  return (await readErrorTables()).map(({ code, when }) => ({ value: code, description: when }));
}
