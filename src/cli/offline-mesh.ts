import { parse } from 'yaml';
import { FEDERATION_GROUP, meshKind } from '../federation/api';
import { FlotillaError } from '../kernel';
import { type KubeObject, parseApiVersion } from '../kube/schema';
import type { MeshSettings } from '../pilot/model';

/** The mesh that examples name; taken when the input says nothing of its mesh. */
export const EXAMPLE_TRUST_DOMAIN = 'prod.example';

/** Settings of the mesh, and whether the input had any. */
export interface OfflineMesh {
  readonly settings: Partial<MeshSettings>;
  readonly assumed: boolean;
}

/**
 * What the input says of its mesh: a Mesh of Flotilla, or the ConfigMap `istio` that an upstream istiod reads; otherwise
 * Istio's defaults in the example mesh. @throws FlotillaError FLO4020 when there are several Meshes or one does not fit
 */
export function offlineMesh(objects: readonly KubeObject[]): OfflineMesh {
  const meshes = objects.filter(isMesh);
  if (meshes.length > 1)
    throw badMesh(`the input has ${meshes.length} Mesh objects`, 'keep the one that the proxy belongs to');
  const [mesh] = meshes;
  if (mesh) return { settings: settingsOfMesh(mesh), assumed: false };
  const config = objects.find(
    ({ kind, metadata, data }) => kind === 'ConfigMap' && metadata.name === 'istio' && hasMesh(data),
  );
  if (config) return { settings: settingsOfConfigMap(config), assumed: false };
  return { settings: { trustDomain: EXAMPLE_TRUST_DOMAIN }, assumed: true };
}

/** Whether an object says how the mesh is set up, rather than what it routes. */
export function isMeshObject(object: KubeObject): boolean {
  return isMesh(object) || (object.kind === 'ConfigMap' && object.metadata.name === 'istio' && hasMesh(object.data));
}

function isMesh({ apiVersion, kind }: KubeObject): boolean {
  return parseApiVersion(apiVersion).group === FEDERATION_GROUP && kind === 'Mesh';
}

function hasMesh(data: unknown): data is { readonly mesh: string } {
  return typeof data === 'object' && data !== null && 'mesh' in data && typeof data.mesh === 'string';
}

function settingsOfMesh(mesh: KubeObject): Partial<MeshSettings> {
  const spec = meshKind.spec.safeParse(mesh.spec);
  if (!spec.success) {
    const [issue] = spec.error.issues;
    throw badMesh(
      `Mesh ${mesh.metadata.name}: spec.${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      'correct the field',
    );
  }
  const { trustDomain, rootNamespace, defaultExportTo } = spec.data;
  return { trustDomain, rootNamespace, defaultExportTo };
}

function settingsOfConfigMap({ data }: KubeObject): Partial<MeshSettings> {
  const mesh: unknown = hasMesh(data) ? parse(data.mesh) : undefined;
  const fields = (typeof mesh === 'object' && mesh !== null ? mesh : {}) as Readonly<Record<string, unknown>>;
  const policy = fields.outboundTrafficPolicy as { readonly mode?: unknown } | undefined;
  return {
    trustDomain: textOr(fields.trustDomain, 'cluster.local'),
    rootNamespace: textOr(fields.rootNamespace, 'istio-system'),
    defaultExportTo: {
      service: namesOr(fields.defaultServiceExportTo),
      virtualService: namesOr(fields.defaultVirtualServiceExportTo),
      destinationRule: namesOr(fields.defaultDestinationRuleExportTo),
    },
    outboundTrafficPolicy: policy?.mode === 'REGISTRY_ONLY' ? 'REGISTRY_ONLY' : 'ALLOW_ANY',
  };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function namesOr(value: unknown): readonly string[] {
  const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  return names.length > 0 ? names : ['*'];
}

function badMesh(message: string, hint: string): FlotillaError {
  return new FlotillaError(message, { code: 'FLO4020', retry: 'after-change', hint });
}
