import { placeInOverride } from './override-place';

type Parts = Omit<Parameters<typeof placeInOverride>[0], 'target' | 'object'>;

function placeOf(override: Parts, path: string): string | undefined {
  return placeInOverride({ target: {}, object: { kind: 'VirtualService' }, ...override }, path);
}

describe('where an override sets a field', () => {
  const servers = { spec: { servers: [{ port: { number: 70_000 } }], selector: null } };

  it.each([
    ['spec.servers[0].port.number', 'mergePatch.spec.servers[0].port.number'],
    ['spec.servers', 'mergePatch.spec.servers'],
    ['spec.selector', 'mergePatch.spec.selector'],
    ['spec.servers[0].hosts', undefined],
    ['spec.other', undefined],
  ])('a merge patch: %s', (path, place) => {
    expect(placeOf({ mergePatch: servers }, path)).toBe(place);
  });

  it.each([
    ['spec.http[0].timeout', 'jsonPatch[0]'],
    ['spec.http[1].route[0].weight', 'jsonPatch[2]'],
    ['metadata.annotations["a/b"]', 'jsonPatch[3]'],
    ['spec.hosts', 'jsonPatch[4]'],
    ['spec.http[1].route[0].other', undefined],
    ['spec.http', undefined],
    ['spec.gateways', undefined],
  ])('a JSON patch: %s', (path, place) => {
    const jsonPatch = [
      { op: 'add' as const, path: '/spec/http/0/timeout', value: '3s' },
      { op: 'test' as const, path: '/spec/gateways', value: [] },
      { op: 'add' as const, path: '/spec/http/-', value: { route: [{ weight: 300 }] } },
      { op: 'add' as const, path: '/metadata/annotations/a~1b', value: 1 },
      { op: 'remove' as const, path: '/spec/hosts' },
    ];
    expect(placeOf({ jsonPatch }, path)).toBe(place);
  });

  it('the last operation counts', () => {
    const jsonPatch = [1, 2].map((value) => ({ op: 'replace' as const, path: '/spec/x', value }));
    expect(placeOf({ jsonPatch }, 'spec.x')).toBe('jsonPatch[1]');
  });
});
