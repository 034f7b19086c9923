import { transformFileSync } from '@swc/core';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..', '..');

/**
 * Compiles folders of src/ into a folder of their own, for tests that start processes: they then run this very source,
 * whatever stands in dist/. The folder lies inside the checkout, so that packages are found.
 * @returns the folder that stands for src/
 */
export function compileSources(...folders: readonly string[]): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const target = mkdtempSync(join(root, '.cache', 'compiled-'));
  for (const folder of folders) {
    const entries = readdirSync(join(root, 'src', folder), { withFileTypes: true, recursive: true });
    for (const entry of entries.filter((candidate) => candidate.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const out = join(target, relative(join(root, 'src'), path));
      if (/\.(spec\.ts|md|yaml)$/.test(path)) continue;
      mkdirSync(dirname(out), { recursive: true });
      if (path.endsWith('.ts')) compile(path, out.replace(/\.ts$/, '.js'));
      else cpSync(path, out);
    }
  }
  return target;
}

function compile(path: string, out: string): void {
  const options = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')) as object;
  const { code } = transformFileSync(path, { ...options, swcrc: false, configFile: false, sourceMaps: 'inline' });
  writeFileSync(out, code);
}
