import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionFiles, referenceText } from './crds-command';

const folder = join(__dirname, '../../../deploy/crds');

const reference = join(__dirname, '../../../docs/reference/api.md');

describe('docs/reference/api.md', () => {
  it('is what the kinds in the source say; run `npm run generate` when this fails', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(reference, referenceText());
    expect(readFileSync(reference, 'utf8')).toBe(referenceText());
  });
});

describe('deploy/crds', () => {
  it('is what the kinds in the source say; run `npm run generate` when this fails', () => {
    if (process.env.UPDATE_GOLDEN === '1') {
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of definitionFiles()) writeFileSync(join(folder, name), text);
    }
    const written = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    expect(written).toEqual(definitionFiles());
  });
});
