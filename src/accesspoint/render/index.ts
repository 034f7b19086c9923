export { namespaceManifest } from './manifest';
export { accessPointBundleName } from './names';
export { overrideManifest } from './overrides';
export { renderAccessPoint, type RenderResult, sortManifests } from './render-access-point';
export type { MeshIntent, MeshIntentSpec, RenderInput } from './render-context';
export { exportToOf } from './export-to';
export { ISTIO_NETWORKING } from './manifest';
export { backendProtocolOf, gatewayProtocolOf, routeKindOf, sortedPorts } from './ports';
