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

/** The pages that can be reached from one by links alone. */
function reachableFrom(start: string): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const page of seen) {
    for (const [, link = ''] of proseOf(page).matchAll(/\]\(([^)\s#]+)/g)) {
      const target = join(dirname(page), link);
      const found = target.endsWith('.md') ? [target] : pages.filter((other) => dirname(other) === join(target, '.'));
      for (const next of found) if (pages.includes(next)) seen.add(next);
    }
  }
  return seen;
}

describe('links between pages', () => {
  it('lead from the README to every page of the documentation', () => {
    const reached = reachableFrom('README.md');
    const documentation = pages.filter((page) => page.startsWith('docs/'));
    expect(documentation.length).toBeGreaterThan(20);
    expect(documentation.filter((page) => !reached.has(page))).toEqual([]);
  });

  it.each(pages)('lead somewhere from %s', (page) => {
    expect(deadLinksOf(page)).toEqual([]);
  });
});
