import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/**
 * Runs the code blocks of README.md and docs/: a block ```yaml file=NAME is written into a folder made for the page, a block
 * ```sh runs there, in order, with `flotilla` on the path, and must end with exit code 0 (or the one in `exit=N`). A block
 * ```text after it, with `output` behind the word, is what it must have printed. Blocks marked `no-run` are only for reading.
 */
const root = join(__dirname, '..', '..');

interface Block {
  readonly language: string;
  readonly marks: readonly string[];
  readonly text: string;
  readonly line: number;
}

function blocksOf(file: string): Block[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    marks: match[2]!.trim().split(/\s+/),
    text: match[3]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

function pages(): string[] {
  const below = readdirSync(join(root, 'docs'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name));
  return [join(root, 'README.md'), ...below].filter((page) => blocksOf(page).some(isRun));
}

function isRun({ language, marks }: Block): boolean {
  return language === 'sh' && !marks.includes('no-run');
}

function markOf({ marks }: Block, name: string): string | undefined {
  return marks.find((mark) => mark.startsWith(`${name}=`))?.slice(name.length + 1);
}

function run(block: Block, folder: string): string {
  const path = `${join(root, 'bin')}:${process.env.PATH}`;
  const result = spawnSync('sh', ['-e', '-c', block.text], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: path, NO_COLOR: '1', FLOTILLA_SKIP_PREPARE: '1' },
    timeout: 120_000,
  });
  const wanted = Number(markOf(block, 'exit') ?? 0);
  if (result.status !== wanted) {
    throw new Error(
      `line ${block.line}: exit code ${result.status}, wanted ${wanted}\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}

describe.each(pages().map((page) => [relative(root, page), page]))('%s', (_name, page) => {
  it('does what it says', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-docs-'));
    try {
      let printed = '';
      for (const block of blocksOf(page)) {
        const file = markOf(block, 'file');
        if (file !== undefined) writeFileSync(join(folder, file), block.text);
        else if (isRun(block)) printed = run(block, folder);
        else if (block.marks.includes('output')) expect(printed).toContain(block.text.trimEnd());
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
