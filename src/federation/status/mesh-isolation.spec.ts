import { type MemberCluster, memberClusterKind, type Mesh, meshKind } from '../api';
import { isolationCondition } from './mesh-isolation';

const apiVersion = 'federation.flotilla.dev/v1alpha1';

function mesh(name: string, spec: Record<string, unknown> = {}): Mesh {
  const own = {
    trustDomain: `${name}.example`,
    rootNamespace: `istio-${name}`,
    discoverySelectors: [{ matchLabels: { name } }],
  };
  return { apiVersion, kind: 'Mesh', metadata: { name }, spec: meshKind.spec.parse({ ...own, ...spec }) };
}

function gateway(meshes: readonly string[]): MemberCluster {
  const spec = memberClusterKind.spec.parse({ region: 'east', zone: 'a', role: 'Gateway', meshes });
  return { apiVersion, kind: 'MemberCluster', metadata: { name: 'east-a' }, spec };
}

describe('two meshes in one gateway cluster', () => {
  const both = [gateway(['prod', 'stage'])];

  it('share nothing when each has namespaces, trust and selectors of its own', () => {
    const meshes = [mesh('prod'), mesh('stage')];
    expect(isolationCondition(meshes[0]!, meshes, both)).toMatchObject({
      status: 'True',
      message: 'shares nothing with stage',
    });
  });

  it('are told everything that they share', () => {
    const meshes = [
      mesh('prod', { rootNamespace: 'istio', trustDomain: 'x', discoverySelectors: [] }),
      mesh('stage', { rootNamespace: 'istio', trustDomain: 'x' }),
    ];
    const { status, message } = isolationCondition(meshes[0]!, meshes, both);
    expect(status).toBe('False');
    for (const field of ['trustDomain', 'rootNamespace', 'gatewayNamespace', 'discoverySelectors'])
      expect(message).toContain(`spec.${field}: `);
  });

  it('see each other when they discover by the same labels', () => {
    const discoverySelectors = [{ matchLabels: { mesh: 'yes' } }];
    const meshes = [mesh('prod', { discoverySelectors }), mesh('stage', { discoverySelectors })];
    expect(isolationCondition(meshes[0]!, meshes, both).message).toContain('discovers the same namespaces');
  });

  it('are no concern of each other in different clusters', () => {
    const meshes = [mesh('prod', { discoverySelectors: [] }), mesh('stage', { discoverySelectors: [] })];
    const apart = [gateway(['prod']), gateway(['stage'])];
    expect(isolationCondition(meshes[0]!, meshes, apart)).toMatchObject({ status: 'True', reason: 'Alone' });
  });
});
