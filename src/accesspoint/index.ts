export {
  accessPointKind,
  type AccessPoint,
  type AccessPointPort,
  type AccessPointSpec,
  type AccessPointStatus,
} from './access-point';
export { isIpAddress } from './ip-address';
export { type AccessPointFacts, type PlacedCluster, zonesOf } from './placed-cluster';
export {
  accessPointBundleName,
  backendProtocolOf,
  exportToOf,
  gatewayProtocolOf,
  ISTIO_NETWORKING,
  routeKindOf,
  sortedPorts,
  type MeshIntent,
  type MeshIntentSpec,
  namespaceManifest,
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
  renderingFindingsBesides,
  type Claimant,
  type ClaimKey,
  claimKeys,
  conflictFindings,
  fixedAddresses,
  type Lookups,
  reviewAccessPoint,
  type Review,
  selectedGateways,
  trapMessage,
  validateAccessPoint,
} from './validation';
export {
  type LocalityIntent,
  localityShares,
  type LocalityShares,
  type PoolLocality,
  poolShares,
  zonesByDistance,
} from './weights';
