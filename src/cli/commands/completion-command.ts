import { FlotillaError } from '../../kernel';
import { completionScripts, shells } from '../completion-scripts';

/** Options of `flotilla completion SHELL`. */
export interface CompletionOptions {
  readonly arguments: readonly string[];
}

/** Prints the script that lets a shell complete command lines. @throws FlotillaError FLO3073 for a shell that is not known */
export async function run({ arguments: [wanted = ''] }: CompletionOptions): Promise<void> {
  const shell = shells.find((name) => name === wanted);
  if (shell === undefined) {
    throw new FlotillaError(`there is no completion for the shell "${wanted}"`, {
      code: 'FLO3073',
      retry: 'after-change',
      hint: `write one of ${shells.join(', ')}`,
    });
  }
  process.stdout.write(completionScripts[shell]);
  return Promise.resolve();
}
