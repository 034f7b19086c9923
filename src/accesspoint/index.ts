export {
  accessPointKind,
  type AccessPoint,
  type AccessPointPort,
  type AccessPointSpec,
  type AccessPointStatus,
} from './access-point';
export { type AccessPointFacts, type PlacedCluster, zonesOf } from './placed-cluster';
export {
  accessPointBundleName,
  type MeshIntent,
  type MeshIntentSpec,
  overrideManifest,
  renderAccessPoint,
  type RenderInput,
  type RenderResult,
  sortManifests,
} from './render';
export {
  accessPointFinding,
  type FindingParts,
  renderingFindings,
  type Claimant,
  claimKeys,
  conflictFindings,
  type Lookups,
  reviewAccessPoint,
  type Review,
  validateAccessPoint,
} from './validation';
export { type LocalityIntent, localityShares, type LocalityShares, zonesByDistance } from './weights';
