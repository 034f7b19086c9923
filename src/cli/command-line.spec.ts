import { commandHelp } from './command-help';
import { runCommandLine } from './command-line';
import { commands } from './command-table';
import { productVersion } from './product-version';

let printed = '';
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

/** What a command line runs: the command, and what it is given. */
async function understood(...words: string[]): Promise<{ name: string; options: Record<string, unknown> }[]> {
  const runs: { name: string; options: Record<string, unknown> }[] = [];
  await runCommandLine(words, ({ name }, options) => {
    runs.push({ name, options });
    return Promise.resolve();
  });
  return runs;
}

/** Splits an example as a shell would, as far as examples go: quotes, pipes and redirections. */
function wordsOf(example: string): string[] {
  const mine = /flotilla (.*?)(?: \| | > |\)$|$)/.exec(example)?.[1] ?? '';
  return [...mine.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

describe('the command line', () => {
  it('gives a command its options and arguments', async () => {
    expect(await understood('render', '-f', 'a', '-f', 'b', '--cluster', 'c')).toEqual([
      { name: 'render', options: { file: ['a', 'b'], cluster: 'c', arguments: [] } },
    ]);
    expect(await understood('simulate')).toMatchObject([{ options: { file: [], lose: [], locality: [] } }]);
    expect(await understood('rollout', 'status', 'shop/checkout')).toMatchObject([
      { options: { arguments: ['status', 'shop/checkout'] } },
    ]);
  });

  it.each(commands.filter(({ hidden }) => hidden !== true))(
    'shows and understands examples of $name',
    async ({ name }) => {
      const { group, examples } = commandHelp[name]!;
      expect(group).toMatch(/:$/);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(await understood(...wordsOf(example))).toMatchObject([{ name }]);
    },
  );

  it('has no help for a command that is not there', () => {
    expect(Object.keys(commandHelp).sort()).toEqual(
      commands
        .filter(({ hidden }) => hidden !== true)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('prints help and the version, and runs nothing', async () => {
    expect(await understood()).toEqual([]);
    expect(printed).toContain('Look at a change, and make it:\n  plan');
    expect(printed).not.toContain('demo-client');
    expect(await understood('render', '--help')).toEqual([]);
    expect(printed).toContain('Examples:\n  flotilla render -f fleet');
    expect(printed).not.toContain('[]');
    expect(await understood('--version')).toEqual([]);
    expect(printed).toContain(`${productVersion()}\n`);
  });

  it.each([
    [
      ['rendr'],
      'cannot understand "flotilla rendr": unknown command \'rendr\'',
      'Did you mean render? See flotilla --help',
    ],
    [
      ['render', '--clusters', 'x'],
      "unknown option '--clusters'",
      'Did you mean --cluster? See flotilla render --help',
    ],
    [['render', '-f'], "option '-f, --file <file>' argument missing", 'see flotilla render --help'],
    [['rollout'], "missing required argument 'verb'", 'see flotilla rollout --help'],
    [['render', 'extra'], "too many arguments for 'render'", 'see flotilla render --help'],
  ])('says what it does not understand of %p', async (words, message, hint) => {
    await expect(understood(...words)).rejects.toMatchObject({
      code: 'FLO3067',
      hint,
      message: expect.stringContaining(message) as unknown,
    });
    expect(printed).toBe('');
  });
});
