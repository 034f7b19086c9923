import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PageShell } from '../tools/page-shell';

/**
 * Runs the code blocks of README.md and docs/: a block ```yaml file=NAME is written into a folder made for the page, a block
 * ```sh runs there, in order, with `flotilla`, kubectl and helm on the path, and must end with exit code 0 (or the one in `exit=N`).
 * With `background=FILE` it runs until the page ends, and prints into that file. A block ```text after it, with `output` behind
 * the word, is what it must have printed. Blocks marked `no-run` are only for reading.
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

/** Follows a page from its top to its end. */
async function follow(page: string): Promise<void> {
  const shell = new PageShell();
  try {
    let printed = '';
    for (const block of blocksOf(page)) {
      const [file, background] = [markOf(block, 'file'), markOf(block, 'background')];
      if (file !== undefined) writeFileSync(join(shell.folder, file), block.text);
      else if (background !== undefined) shell.start(block.text, background);
      else if (isRun(block)) printed = shell.run(block.text, Number(markOf(block, 'exit') ?? 0), `line ${block.line}`);
      else if (block.marks.includes('output')) expect(printed).toContain(block.text.trimEnd());
    }
  } finally {
    await shell.close();
  }
}

describe.each(pages().map((page) => [relative(root, page), page]))('%s', (_name, page) => {
  it('does what it says', () => follow(page), 300_000);
});
