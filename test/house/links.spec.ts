import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', '..');
const pages = ['README.md', ...['docs', 'src', 'deploy', 'test'].flatMap(pagesIn)];

function pagesIn(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder), { encoding: 'utf8', recursive: true });
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

/** The text without code, where brackets mean other things. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$|`[^`\n]*`/gm, '');
}

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  const plain = heading.trim().toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

function anchorsOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function deadLinksOf(page: string): readonly string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
  });
}

describe('links between pages', () => {
  it('are found on every page', () => {
    expect(pages.length).toBeGreaterThan(20);
  });

  it.each(pages)('lead somewhere from %s', (page) => {
    expect(deadLinksOf(page)).toEqual([]);
  });
});
