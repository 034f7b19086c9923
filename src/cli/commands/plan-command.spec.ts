import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ChangePlan } from '../../federation';
import type { KubeObject } from '../../kube/schema';
import { planFleet } from '../testing/edited-fleet';
import { type PlanOptions, run } from './plan-command';

let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'flotilla-plan-command-'))));
afterAll(() => {
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

interface Printed {
  readonly out: string;
  readonly error: string;
  /** 1 for what `main` makes of an error. */
  readonly exitCode: unknown;
  readonly code?: string;
}

async function planned(options: PlanOptions): Promise<Printed> {
  const parts: Record<'out' | 'error', string[]> = { out: [], error: [] };
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((part) => parts.out.push(String(part)) > 0);
  const error = jest.spyOn(process.stderr, 'write').mockImplementation((part) => parts.error.push(String(part)) > 0);
  process.exitCode = 0;
  let failure: { exitCode?: number; code?: string } = {};
  try {
    await run(options);
  } catch (cause) {
    failure = { exitCode: 1, code: (cause as { code: string }).code };
  } finally {
    out.mockRestore();
    error.mockRestore();
  }
  const { exitCode } = process;
  process.exitCode = 0;
  return { out: parts.out.join(''), error: parts.error.join(''), exitCode, ...failure };
}

const fleet = planFleet();
const withPercent = (localPercent: number): readonly KubeObject[] =>
  fleet.map((object) =>
    object.kind === 'AccessPoint' && object.metadata.name === 'checkout'
      ? { ...object, spec: { ...(object.spec as object), runtime: { locality: { localPercent } } } }
      : object,
  );

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function listOf(objects: readonly KubeObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

describe('flotilla plan --base', () => {
  const changed = (): PlanOptions => ({
    base: write('base.json', listOf(fleet)),
    file: [write('next.json', listOf(withPercent(90)))],
  });

  it('ends with 0 for nothing, 2 for something, and fails for what is wrong, in every format', async () => {
    const { base, file } = changed();
    for (const output of ['text', 'wide', 'json', 'yaml', 'name']) {
      expect(await planned({ base: base!, file: [base!], output })).toMatchObject({ exitCode: 0, error: '' });
      expect(await planned({ base: base!, file, output })).toMatchObject({ exitCode: 2 });
    }
    expect(await planned({ base: base!, file: [] })).toMatchObject({ exitCode: 1, code: 'FLO3080', out: '' });
    const broken = write('broken.json', listOf(withPercent(900)));
    expect(await planned({ base: base!, file: [broken] })).toMatchObject({ exitCode: 1, code: 'FLO3081', out: '' });
  });

  it('refuses an unknown format before anything is written', async () => {
    const out = join(folder, 'never.json');
    expect(await planned({ ...changed(), output: 'html', out })).toMatchObject({ exitCode: 1, code: 'FLO3082' });
    expect(() => rmSync(out)).toThrow(/ENOENT/);
  });

  it('says the same in JSON and YAML, names every object, and paints nothing where nobody sees colours', async () => {
    const outputs: Record<string, string> = {};
    for (const output of ['json', 'yaml', 'name', 'text', 'wide']) {
      outputs[output] = (await planned({ ...changed(), output })).out;
    }
    const { json = '', yaml = '', name = '', text = '', wide = '' } = outputs;
    const plan = JSON.parse(json) as ChangePlan;
    expect(parse(yaml)).toEqual(plan);
    const lines = name.trim().split('\n');
    expect(lines).toHaveLength(plan.intent.length + plan.clusters.flatMap(({ changes }) => changes).length);
    expect(lines[0]).toBe('hub AccessPoint/shop/checkout');
    expect(lines).toContain('east-1-gateway DestinationRule/shop/checkout');
    expect(text + wide).not.toContain('\u001b');
  });

  it('reads folders of several documents, JSON and links, and passes over what is no object of the hub', async () => {
    const before = join(folder, 'before');
    const after = join(folder, 'after');
    for (const place of [before, after]) {
      mkdirSync(place);
      writeFileSync(join(place, 'README.md'), '# not an object');
      writeFileSync(join(place, 'notes.txt'), '{{ nothing }}');
      writeFileSync(
        join(place, 'pods.yaml'),
        'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n---\n---\napiVersion: other.example/v1\nkind: Thing\nmetadata: {name: y}\n',
      );
    }
    const half = Math.floor(fleet.length / 2);
    writeFileSync(join(before, 'all.yml'), fleet.map((object) => stringify(object)).join('---\n'));
    const next = withPercent(90);
    writeFileSync(join(after, 'one.json'), listOf(next.slice(0, half)));
    symlinkSync(
      write(
        'rest.yaml',
        next
          .slice(half)
          .map((object) => stringify(object))
          .join('---\n'),
      ),
      join(after, 'link.yaml'),
    );
    const { out, exitCode } = await planned({ base: before, file: [after], output: 'json' });
    expect(exitCode).toBe(2);
    const reference = await planned({ ...changed(), output: 'json' });
    expect(JSON.parse(out)).toEqual(JSON.parse(reference.out));
  });
});
