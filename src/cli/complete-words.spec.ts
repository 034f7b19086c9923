import { spawnSync } from 'node:child_process';
import { commands } from './command-table';
import { completeWords } from './complete-words';
import { completionScripts } from './completion-scripts';

const sources = { commands, codes: () => Promise.resolve([{ value: 'FLO8078', description: 'overlap' }]) };
const complete = async (...words: string[]): Promise<string[]> =>
  (await completeWords(words, sources)).map(({ value }) => value);

describe('completion', () => {
  it('offers commands, without those that only other processes call', async () => {
    expect(await complete('')).toContain('rollout');
    expect(await complete('')).not.toContain('demo-client');
    expect(await complete('un')).toEqual(['undrain']);
  });

  it('offers the options of a command, and their values', async () => {
    expect(await complete('render', '--')).toEqual(['--file', '--cluster', '--output']);
    expect(await complete('render', '-o', '')).toEqual(['yaml', 'json']);
    expect(await complete('validate', '-f', 'main', '--output', '')).toEqual(['text', 'json']);
    expect(await complete('simulate', '--primary', 'i')).toEqual(['istiod']);
  });

  it('offers first arguments that are one of a few', async () => {
    expect(await complete('rollout', 'p')).toEqual(['pause', 'promote']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('explain', 'FLO80')).toEqual(['FLO8078']);
  });

  it('leaves files and names to the shell', async () => {
    expect(await complete('render', '-f', '')).toEqual([]);
    expect(await complete('rollout', 'status', '')).toEqual([]);
    expect(await complete('no-such-command', '')).toEqual([]);
  });

  it('is understood by bash', () => {
    const program =
      'flotilla() { [ "$*" = "__complete -- rollout p" ] && printf "promote\\tgo on\\nrollout\\tno\\npause\\tstop\\n"; }';
    const ask = 'COMP_WORDS=(flotilla rollout p); COMP_CWORD=2; _flotilla; printf "%s " "${COMPREPLY[@]}"';
    const { stdout, stderr } = spawnSync('bash', ['-c', [program, completionScripts.bash, ask].join('\n')], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'promote pause ', stderr: '' });
  });
});
