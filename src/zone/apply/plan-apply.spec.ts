import fc from 'fast-check';
import { labels } from '../../federation/api';
import type { KubeObject } from '../../kube/schema';
import { ADOPTED, type ApplyPlan, bundleOf, identityOf, planApply, planRemoval } from './plan-apply';

const kinds = ['Service', 'ServiceEntry', 'WorkloadEntry', 'DestinationRule', 'Gateway', 'VirtualService'];

function object(kind: string, name: string, value = 'a'): KubeObject {
  const apiVersion = kind === 'Service' ? 'v1' : 'networking.istio.io/v1';
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, spec: { value } };
}

function owned(manifest: KubeObject, bundle: string, annotations: Record<string, string> = {}): KubeObject {
  const ours = { [labels.managedBy]: 'flotilla', [labels.bundle]: bundle };
  return {
    ...manifest,
    metadata: { ...manifest.metadata, uid: `uid-${manifest.metadata.name}`, labels: ours, annotations },
  };
}

function plan(manifests: KubeObject[], live: KubeObject[]): ApplyPlan {
  return planApply({ bundle: 'web', manifests, live: new Map(live.map((entry) => [identityOf(entry), entry])) });
}

describe('planApply', () => {
  it('makes hosts before what routes to them, and deletes the other way round', () => {
    const manifests = [...kinds].reverse().map((kind) => object(kind, 'checkout'));
    expect(plan(manifests, []).apply.map(({ manifest }) => manifest.kind)).toEqual([
      'Service',
      'WorkloadEntry',
      'ServiceEntry',
      'DestinationRule',
      'Gateway',
      'VirtualService',
    ]);
    const live = manifests.map((manifest) => owned(manifest, 'web'));
    expect(planRemoval('web', live).map(({ object: { kind } }) => kind)[0]).toBe('VirtualService');
  });

  it('labels what it makes, whatever the hub wrote', () => {
    const [step] = plan([object('Service', 'checkout')], []).apply;
    expect(bundleOf(step!.manifest)).toBe('web');
    expect(step).toMatchObject({ kind: 'apply', force: false });
  });

  it('keeps what is as it should be, and forces only what Flotilla made', () => {
    const manifest = object('Service', 'checkout');
    expect(plan([manifest], [owned(manifest, 'web')]).apply[0]!.kind).toBe('keep');
    expect(plan([manifest], [owned(object('Service', 'checkout', 'b'), 'web')]).apply[0]).toMatchObject({
      kind: 'apply',
      force: true,
      differences: [{ path: 'spec.value', wanted: 'a', found: 'b' }],
    });
  });

  it('adopts what was there before without force, remembers that, and gives it back', () => {
    const manifest = object('Service', 'checkout');
    const [step] = plan([manifest], [manifest]).apply;
    expect(step).toMatchObject({ kind: 'apply', force: false });
    expect(step!.manifest.metadata.annotations).toEqual({ [ADOPTED]: 'true' });
    const adopted = owned(manifest, 'web', { [ADOPTED]: 'true' });
    expect(plan([manifest], [adopted]).apply[0]!.kind).toBe('keep');
    expect(plan([], [adopted]).prune).toEqual([{ kind: 'release', object: adopted }]);
  });

  it('never takes over or prunes what belongs to another bundle', () => {
    const theirs = owned(object('Service', 'checkout'), 'other');
    expect(plan([object('Service', 'checkout')], [theirs])).toMatchObject({
      apply: [{ kind: 'refuse', holder: 'other' }],
      prune: [],
    });
    expect(planRemoval('web', [theirs])).toEqual([]);
  });

  it('makes an absent namespace, and never labels or prunes one', () => {
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    expect(plan([namespace], []).apply).toEqual([{ kind: 'ensure', manifest: namespace }]);
    expect(plan([namespace], [namespace]).apply[0]!.kind).toBe('keep');
  });

  it('takes an object read in another version for the same one', () => {
    const manifest = object('ServiceEntry', 'checkout');
    const older = { ...owned(manifest, 'web'), apiVersion: 'networking.istio.io/v1beta1' };
    expect(plan([manifest], [older])).toMatchObject({ apply: [{ kind: 'keep' }], prune: [] });
  });

  it('leads to exactly the manifests, and then to nothing (property)', () => {
    const objects = fc.uniqueArray(
      fc.tuple(fc.constantFrom(...kinds), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y')),
      { selector: ([kind, name]) => `${kind} ${name}` },
    );
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const live = before.map(([kind, name, value]) => owned(object(kind, name, value), 'web'));
        const manifests = after.map(([kind, name, value]) => object(kind, name, value));
        const world = new Map(live.map((entry) => [identityOf(entry), entry]));
        const first = planApply({ bundle: 'web', manifests, live: world });
        for (const step of first.apply) if (step.kind === 'apply') world.set(identityOf(step.manifest), step.manifest);
        for (const { object: gone } of first.prune) world.delete(identityOf(gone));
        expect([...world.keys()].sort()).toEqual(manifests.map(identityOf).sort());
        const second = planApply({ bundle: 'web', manifests, live: world });
        expect(second.apply.every(({ kind }) => kind === 'keep')).toBe(true);
        expect(second.prune).toEqual([]);
      }),
    );
  });
});
