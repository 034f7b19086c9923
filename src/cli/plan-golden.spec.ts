import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ChangePlan, planOffline } from '../federation';
import { formatPlan } from './format-plan';
import { type Edit, edited, planFleet } from './testing/edited-fleet';

const folder = join(__dirname, 'testdata', 'plan');
const nowMs = Date.UTC(2026, 0, 1, 12);

function planOf(name: string): ChangePlan {
  const { base = [], change } = parse(readFileSync(join(folder, `${name}.in.yaml`), 'utf8')) as {
    base?: readonly Edit[];
    change: readonly Edit[];
  };
  const before = edited(planFleet(), base);
  return planOffline(before, edited(before, change), nowMs);
}

function textOf(plan: ChangePlan): string {
  const errors = plan.findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return formatPlan(plan);
  return errors.map(({ code, path = '', message }) => `error ${code} ${path}: ${message}\n`).join('');
}

/** Digests depend on every byte that is rendered; what they promise is tested by properties. */
function check(file: string, raw: string): void {
  const text = raw.replace(/\b[0-9a-f]{64}\b/g, '<digest>').replace(/^Plan [0-9a-f]{8} /, 'Plan <digest> ');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.slice(0, -'.in.yaml'.length));

describe('what a plan says', () => {
  it.each(names)('%s', (name) => {
    const plan = planOf(name);
    check(join(folder, `${name}.out.txt`), textOf(plan));
    check(join(folder, `${name}.out.json`), `${JSON.stringify(plan, undefined, 2)}\n`);
  });

  it.each(names)('%s: every changed cluster is in one group, and shares are fractions', (name) => {
    const { clusters, groups, blastRadius } = planOf(name);
    expect(groups.flatMap((group) => group.clusters).sort()).toEqual(clusters.map(({ cluster }) => cluster));
    for (const { worst, traffic } of blastRadius.stages) {
      for (const share of Object.values(traffic)) expect(share >= 0 && share <= worst && worst <= 1).toBe(true);
    }
    const released = blastRadius.stages.flatMap((stage) => stage.clusters);
    const ready = clusters.filter(({ state }) => state === 'ready').map(({ cluster }) => cluster);
    expect([...new Set(released)].sort()).toEqual(ready);
  });
});
