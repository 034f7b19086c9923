import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planOffline } from '../federation';
import type { ChangePlan } from '../federation';
import type { KubeObject } from '../kube/schema';
import { planDifference } from './plan-difference';
import { createdBy, readSavedPlan, savedPlanOf, writeSavedPlan } from './saved-plan';
import { type Edit, edited, planFleet } from './testing/edited-fleet';

const nowMs = Date.UTC(2026, 0, 1);

function checkout(spec: Record<string, unknown>): Edit {
  return { kind: 'AccessPoint', namespace: 'shop', name: 'checkout', merge: { spec } };
}

function planOf(...edits: readonly Edit[]): ChangePlan {
  return planOffline(planFleet(), edited(planFleet(), edits), nowMs);
}

function difference(shown: ChangePlan, now: ChangePlan): string {
  return planDifference({ plan: shown, created: [] }, { plan: now, created: [] }).join('\n');
}

const percent = (localPercent: number): Edit => checkout({ runtime: { locality: { localPercent } } });

describe('the difference of two plans', () => {
  it('names the field that differs, also where another field of the object changes alike', () => {
    const text = difference(planOf(percent(90)), planOf(percent(80)));
    expect(text).toContain(
      '~ hub  update AccessPoint shop/checkout: spec.runtime.locality.localPercent was shown as absent → 90, and is absent → 80',
    );
    expect(text).toContain('~ east-1-gateway  update DestinationRule shop/checkout: spec.trafficPolicy');
    expect(text).not.toContain('revision');
    const exported = checkout({ exportTo: ['tools'] });
    expect(difference(planOf(percent(90)), planOf(percent(90), exported))).toContain(
      'spec.exportTo[0] was shown as unchanged, and is absent → "tools"',
    );
  });

  it('names what comes and what is gone', () => {
    const search: Edit = { kind: 'AccessPoint', namespace: 'shop', name: 'search', delete: true };
    expect(difference(planOf(percent(90)), planOf(percent(90), search))).toMatch(
      /^ {2}\+ hub {2}delete AccessPoint shop\/search$/m,
    );
    expect(difference(planOf(percent(90), search), planOf(percent(90)))).toMatch(
      /^ {2}- hub {2}delete AccessPoint shop\/search$/m,
    );
  });

  it('names the field of what is created in another way, and hides the values of Secrets', () => {
    const object = (kind: string, data: string): KubeObject => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: 'x', namespace: 'shop', annotations: { 'federation.flotilla.dev/cluster': 'a' } },
      data: { key: data },
    });
    const change = {
      op: 'create' as const,
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' },
      diff: [],
    };
    const secret = { ...change, object: { ...change.object, kind: 'Secret' } };
    const plan: ChangePlan = { ...planOf(), clusters: [{ cluster: 'a', state: 'ready', changes: [change, secret] }] };
    const contents = (data: string): readonly KubeObject[] =>
      createdBy(plan, [object('ConfigMap', data), object('Secret', data)]);
    expect(planDifference({ plan, created: contents('old') }, { plan, created: contents('new') })).toEqual([
      '  ~ a  create ConfigMap shop/x: data.key was shown as "old", and is "new"',
      '  ~ a  create Secret shop/x: data.key (hidden)',
    ]);
    // Files of older versions do not have the content.
    expect(planDifference({ plan, created: [] }, { plan, created: contents('new') })).toEqual([
      '  the revision mark of objects differs, or the content of those that are created',
    ]);
  });
});

describe('a saved plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-saved-plan-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads as it was written, and says what is wrong with what is none', async () => {
    const file = join(folder, 'plan.json');
    const saved = savedPlanOf(planOf(percent(90)), edited(planFleet(), [percent(90)]));
    await writeSavedPlan(file, saved);
    expect(await readSavedPlan(file)).toEqual(JSON.parse(JSON.stringify(saved)));
    for (const [text, why] of [
      ['{', 'JSON'],
      ['[]', 'expected object'],
      [JSON.stringify({ ...saved, version: 2 }), 'version: '],
      [JSON.stringify({ ...saved, kind: 'Plan' }), 'kind: '],
      [
        JSON.stringify({ ...saved, plan: { ...saved.plan, clusters: undefined } }),
        'plan: it has not the shape of a plan',
      ],
      [
        JSON.stringify({ ...saved, plan: { ...saved.plan, intent: [{ op: 'explode' }] } }),
        'plan: it has not the shape',
      ],
      [JSON.stringify({ ...saved, objects: [{ kind: 'AccessPoint' }] }), 'objects.0.'],
    ] as const) {
      writeFileSync(file, text);
      await expect(readSavedPlan(file)).rejects.toMatchObject({
        code: 'FLO3083',
        message: expect.stringContaining(why) as string,
      });
    }
  });
});
