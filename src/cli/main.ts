import { Command } from 'commander';
import { commands } from './command-table';
import { reportAndExit } from './report-error';

/** Builds the command line from the table; each command's code is loaded only when it runs, so that `--help` is quick. */
function buildProgram(): Command {
  const program = new Command('flotilla')
    .description('Multi-cluster Istio federation: one object on a hub becomes the right Istio objects in every zone.')
    .showHelpAfterError();
  for (const { name, summary, hidden, options, argument, load } of commands) {
    const command = program.command(name, hidden ? { hidden: true } : {}).description(summary);
    if (argument) command.arguments(argument);
    for (const { flags, description, initial, repeatable } of options) {
      if (repeatable) command.option(flags, description, append, []);
      else command.option(flags, description, initial);
    }
    command.action(async () => {
      const { run } = await load();
      // Each command reads the options of its own row; commander cannot know their types.
      await run({ ...command.opts<Record<string, unknown>>(), arguments: command.args } as never);
    });
  }
  return program;
}

function append(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

buildProgram().parseAsync().catch(reportAndExit);
