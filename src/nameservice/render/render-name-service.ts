import { namespaceManifest, sortManifests } from '../../accesspoint';
import { FEDERATION_API_VERSION, type Manifest } from '../../federation/api';
import type { Finding } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { nameRecordIn, recordData } from '../record';
import { dnsEndpointKindName, renderDnsEndpoint } from './dns-endpoint';
import { renderMeshObjects } from './mesh-objects';
import { primaryName } from './names';
import { identity, type NameRenderInput } from './render-context';
import { renderWebTier } from './web-tier';

/** What one cluster gets, and what is worth knowing about it. */
export interface NameRendering {
  /** In order of application; the same input gives the same bytes. */
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

/** A core/v1 ConfigMap. */
interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>;
}

/** Namespaces that every cluster has from the start. */
const BUILT_IN_NAMESPACES: readonly string[] = ['default', 'kube-system'];

/** The objects that one name becomes in the gateway cluster of one zone. Pure. */
export function renderNameService(input: NameRenderInput): NameRendering {
  const { owner, cluster, meshSpec } = input;
  const { namespace, name } = owner;
  const endpoints = renderDnsEndpoint(input);
  const own = BUILT_IN_NAMESPACES.includes(namespace)
    ? []
    : [namespaceManifest(namespace, cluster.name, meshSpec.discoverySelectors)];
  const manifests = [
    ...own,
    recordManifest(input),
    ...renderMeshObjects(input),
    ...renderWebTier(input),
    ...endpoints.manifests,
  ];
  const object = { apiVersion: FEDERATION_API_VERSION, kind: 'NameService', namespace, name };
  return { manifests: sortManifests(manifests), findings: endpoints.findings.map((found) => ({ ...found, object })) };
}

/** The record that the zone answers from: a ConfigMap, so that it can be read there with kubectl too. */
function recordManifest(input: NameRenderInput): ConfigMap {
  const parts = { apiVersion: 'v1', kind: 'ConfigMap', name: primaryName(input.owner.name) };
  return { ...identity(input, parts), data: recordData(input.record) };
}

/** The same objects with the name gone from DNS: what a zone holds while a deleted name is still in caches. */
export function withdrawnManifests(manifests: readonly KubeObject[]): readonly KubeObject[] {
  const record = nameRecordIn(manifests);
  if (record === undefined) return manifests;
  return manifests
    .filter(({ kind }) => kind !== dnsEndpointKindName.kind)
    .map((manifest) =>
      manifest.kind === 'ConfigMap' ? withData(manifest, recordData({ ...record, withdrawn: true })) : manifest,
    );
}

function withData(manifest: KubeObject, data: ConfigMap['data']): ConfigMap {
  return { ...manifest, data };
}
