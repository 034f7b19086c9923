import { join } from 'node:path';

/** How to run one of Flotilla's own commands as a process: this Node, the built command line, the command's name. */
export function ownCommand(name: string, ...args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, join(__dirname, '..', '..', '..', 'dist', 'cli', 'main.js'), name, ...args];
}
