import { toCustomResourceDefinition } from '../kube/schema';
import { istioKinds } from './kinds';

describe('istioKinds', () => {
  it.each(istioKinds.map((kind) => [kind.kind, kind] as const))(
    '%s becomes a definition of its group',
    (_name, kind) => {
      const definition = toCustomResourceDefinition(kind);
      expect(definition.metadata.name).toBe(`${kind.plural}.${kind.group}`);
      expect(kind.group).toMatch(/^(networking|security|telemetry)\.istio\.io$/);
    },
  );

  it('gives no two kinds one name', () => {
    const names = istioKinds.flatMap(({ plural, shortNames = [] }) => [plural, ...shortNames]);
    expect(new Set(names).size).toBe(names.length);
  });
});
