import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planOffline } from '../federation';
import { formatPlan } from './format-plan';
import { readObjects } from './read-objects';

const example = join(__dirname, '..', 'accesspoint', 'render', 'testdata', 'http-three-zones.in.yaml');

describe('the plan of an edited fleet', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'flotilla-plan-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function planOf(edit: (text: string) => string) {
    const file = join(folder, 'next.yaml');
    writeFileSync(file, edit(readFileSync(example, 'utf8')));
    const [before, after] = await Promise.all([readObjects([example]), readObjects([file])]);
    return planOffline(
      before.map(({ object }) => object),
      after.map(({ object }) => object),
      Date.UTC(2026, 0, 1),
    );
  }

  it('says so when nothing changes', async () => {
    expect(formatPlan(await planOf((text) => text))).toMatch(/^Plan [0-9a-f]{8} {2}no changes\n$/);
  });

  it('shows the changed field in every cluster, the stages, and a summary', async () => {
    const plan = await planOf(
      (text) => `${text.replace(/\n {2}placement:/, '\n  runtime: {locality: {localPercent: 90}}\n  placement:')}`,
    );
    const printed = formatPlan(plan);
    expect(printed).toContain('~ DestinationRule');
    expect(printed).toMatch(
      /~ spec\.trafficPolicy\.loadBalancer\.localityLbSetting\.distribute\[[^\]]+\]\.to\S* {2}99 → 90/,
    );
    expect(printed).toMatch(/Blast radius: \S+/);
    expect(printed).toMatch(/Plan: 0 to create, \d+ to change, 0 to delete in \d+ clusters; 0 held\.\n$/);
    expect(printed).not.toContain('federation.flotilla.dev/revision');
  });

  it('shows what a zone loses when it leaves the placement', async () => {
    const plan = await planOf((text) => text.replace(/(zones: \[[^\]]*), west\/west-1\]/, '$1]'));
    expect(plan.clusters.flatMap(({ changes }) => changes).some(({ op }) => op === 'delete')).toBe(true);
  });
});
