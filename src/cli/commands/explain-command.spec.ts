import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../command-table';
import { commandReference } from '../command-reference';
import { parseErrorTable, readErrorTables } from '../error-tables';
import { errorTable, findingLists, findingsReference } from '../findings-reference';
import { run } from './explain-command';

const reference = join(__dirname, '..', '..', '..', 'docs', 'reference');
let printed = '';

beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => jest.restoreAllMocks());

describe('flotilla explain', () => {
  it('explains a finding with what happens to traffic and an example', async () => {
    await run({ arguments: ['flo8078'] });
    expect(printed).toContain('FLO8078 (error): two localities of one `to` overlap');
    expect(printed).toContain('What happens to traffic\n  istiod goes through');
    expect(printed).toContain('east/east-1/*: 97, "*": 3');
  });

  it('explains the code of an error', async () => {
    await run({ arguments: ['FLO3001'], output: 'json' });
    expect(JSON.parse(printed)).toMatchObject({ code: 'FLO3001', fix: 'name one of the meshes of the hub' });
  });

  it('lists every code that the tables hold', async () => {
    await run({ arguments: [] });
    const codes = (await readErrorTables()).map(({ code }) => code);
    expect(codes.length).toBeGreaterThan(200);
    expect(printed.split('\n').map((line) => line.slice(0, 7))).toEqual([...codes, '']);
  });

  it('can explain every row of every table', async () => {
    const files = readdirSync(join(reference, 'errors')).map((name) =>
      readFileSync(join(reference, 'errors', name), 'utf8'),
    );
    const rows = files.flatMap((text) => [...text.matchAll(/^\|\s*(FLO\d{4})\s*\|/gm)].map(([, code]) => code!));
    expect((await readErrorTables()).map(({ code }) => code)).toEqual(rows.sort());
  });

  it('says when there is no such code', async () => {
    await expect(run({ arguments: ['FLO0000'] })).rejects.toMatchObject({ code: 'FLO8801' });
    await expect(run({ arguments: [], output: 'xml' })).rejects.toMatchObject({ code: 'FLO8802' });
  });

  it('reads cells with escaped bars', () => {
    expect(parseErrorTable('| FLO0001 | a \\| b | `c` |')).toEqual([{ code: 'FLO0001', when: 'a | b', fix: '`c`' }]);
  });
});

describe('the generated reference', () => {
  it('is what the texts say (npm run generate)', () => {
    expect(readFileSync(join(reference, 'findings.md'), 'utf8')).toBe(findingsReference());
  });

  it('has every command (npm run generate)', () => {
    expect(readFileSync(join(reference, 'commands.md'), 'utf8')).toBe(commandReference(commands));
  });

  it.each(findingLists)('has the table $name (npm run generate)', (list) => {
    expect(readFileSync(join(reference, 'errors', `${list.name}.md`), 'utf8')).toBe(errorTable(list));
    expect(parseErrorTable(errorTable(list)).map(({ code }) => code)).toEqual(list.texts.map(({ code }) => code));
  });
});
