import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionFiles } from './crds-command';

const folder = join(__dirname, '../../../deploy/crds');

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
