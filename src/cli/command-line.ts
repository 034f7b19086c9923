import { Command, CommanderError, Help, type Option } from 'commander';
import { commandHelp } from './command-help';
import type { CommandRow } from './command-row';
import { commands } from './command-table';
import { FlotillaError } from '../kernel';
import { productVersion } from './product-version';

/** What a command is run with: the options of its row, and its arguments. */
export type RunCommand = (row: CommandRow, options: Readonly<Record<string, unknown>>) => Promise<void>;

/**
 * Understands a command line and runs its command. Help and the version go to stdout.
 * @param words what stands behind the name of the program
 * @throws FlotillaError FLO3067 when it cannot be understood, and what the command throws
 */
export async function runCommandLine(words: readonly string[], run: RunCommand = loadAndRun): Promise<void> {
  const program = buildProgram(run);
  if (words.length === 0) return program.outputHelp();
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode !== 0) throw notUnderstood(cause, words);
  }
}

/** Builds the command line from the table; each command's code is loaded only when it runs, so that `--help` is quick. */
function buildProgram(run: RunCommand): Command {
  const program = new Command('flotilla')
    .description('Multi-cluster Istio federation: one object on a hub becomes the right Istio objects in every zone.')
    .version(productVersion(), '--version', 'print the version')
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ subcommandTerm: (command) => command.name(), optionDescription: describeOption })
    .addHelpText(
      'after',
      '\nFurther: flotilla COMMAND --help. Exit codes: 0 done, 1 an error, 2 there are changes (plan, diff).',
    )
    .helpCommand(false)
    .exitOverride();
  for (const row of commands) addCommand(program, row, run);
  return program;
}

function addCommand(program: Command, row: CommandRow, run: RunCommand): void {
  const { name, summary, hidden, options, argument, takesCommands } = row;
  const table = takesCommands === true ? { commands } : {};
  const { group = '', examples = [] } = commandHelp[name] ?? {};
  const command = program.command(name, hidden ? { hidden: true } : {}).description(summary);
  if (group !== '') command.helpGroup(group);
  if (examples.length > 0)
    command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`);
  if (argument) command.arguments(argument);
  for (const { flags, description, initial, repeatable } of options) {
    if (repeatable) command.option(flags, `${description}; may be repeated`, append, []);
    else command.option(flags, description, initial);
  }
  command.action(() => run(row, { ...command.opts(), ...table, arguments: command.args }));
}

/** That a list is empty when nothing is given goes without saying. */
function describeOption(option: Option): string {
  return Help.prototype.optionDescription(option).replace(' (default: [])', '');
}

function append(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

async function loadAndRun(row: CommandRow, options: Readonly<Record<string, unknown>>): Promise<void> {
  const { run } = await row.load();
  // Each command reads the options of its own row; commander cannot know their types.
  await run(options as never);
}

function notUnderstood(cause: CommanderError, words: readonly string[]): FlotillaError {
  const command = commands.find(({ name }) => name === words[0])?.name;
  const [problem = '', suggestion] = cause.message.replace(/^error: /, '').split('\n');
  const help = `flotilla ${command === undefined ? '' : `${command} `}--help`;
  return new FlotillaError(`cannot understand "flotilla ${words.join(' ')}": ${problem}`, {
    code: 'FLO3067',
    retry: 'after-change',
    hint: suggestion === undefined ? `see ${help}` : `${suggestion.replace(/^\(|\)$/g, '')} See ${help}`,
    cause,
  });
}
