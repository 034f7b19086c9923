// Compiles src/ to dist/ with swc (types are checked by `npm run types`), and copies what the code reads at run time.
import { transformFile } from '@swc/core';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src');
const target = join(root, 'dist');

async function build(path) {
  const out = join(target, relative(source, path)).replace(/\.ts$/, '.js');
  await mkdir(dirname(out), { recursive: true });
  if (!path.endsWith('.ts')) return cp(path, out);
  const { code, map } = await transformFile(path, { sourceFileName: path });
  await writeFile(out, `${code}\n//# sourceMappingURL=${out.split('/').pop()}.map\n`);
  await writeFile(`${out}.map`, map);
}

const entries = await readdir(source, { withFileTypes: true, recursive: true });
const files = entries
  .filter((entry) => entry.isFile() && !entry.parentPath.includes('testdata'))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !path.endsWith('.spec.ts') && !path.endsWith('.d.ts') && !path.endsWith('.md'));
await rm(target, { recursive: true, force: true });
await Promise.all(files.map(build));
