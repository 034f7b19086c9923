export { accessPointBundleName } from './names';
export { overrideManifest } from './overrides';
export { renderAccessPoint, type RenderResult, sortManifests } from './render-access-point';
export type { MeshIntent, MeshIntentSpec, RenderInput } from './render-context';
