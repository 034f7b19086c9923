import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name) && !entry.parentPath.includes('generated'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Codes that source files print, by the file that holds them. */
function codesInSource(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of filesBelow('src', /(?<!\.spec)\.ts$/)) {
    for (const [code] of readFileSync(file, 'utf8').matchAll(/\bFLO\d{4}\b/g)) found.set(code, file);
  }
  return found;
}

/** Codes that have a row of their own in the reference. */
function codesInReference(): string[] {
  return filesBelow('docs/reference/errors', /\.md$/).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^\|\s*(FLO\d{4})\s*\|/gm)].map((match) => match[1]!),
  );
}

it('documents every error code once', () => {
  const documented = codesInReference();
  expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  const missing = [...codesInSource()].filter(([code]) => !documented.includes(code));
  expect(missing).toEqual([]);
});

it('documents no code that nothing prints', () => {
  const printed = codesInSource();
  expect(codesInReference().filter((code) => !printed.has(code))).toEqual([]);
});
