/** What translation has to know of the mesh, from the Mesh object; the fields of Istio's MeshConfig with the same names. */
export interface MeshSettings {
  readonly trustDomain: string;
  readonly rootNamespace: string;
  /** `exportTo` of objects that do not say it themselves. */
  readonly defaultExportTo: {
    readonly service: readonly string[];
    readonly virtualService: readonly string[];
    readonly destinationRule: readonly string[];
  };
  /** DNS suffix of Services. */
  readonly clusterDomain: string;
  /** What sidecars do with destinations that nothing describes. */
  readonly outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY';
}

/** Istio's defaults, for what a caller does not set. */
export const DEFAULT_MESH_SETTINGS: MeshSettings = {
  trustDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  defaultExportTo: { service: ['*'], virtualService: ['*'], destinationRule: ['*'] },
  clusterDomain: 'cluster.local',
  outboundTrafficPolicy: 'ALLOW_ANY',
};
