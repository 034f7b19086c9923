export { rootOfMesh } from './mesh-root';
export { Meshes } from './meshes';
