export { buildModel, type MeshModel, type ModelInput } from './build-model';
export type { DestinationRuleIndex, MergedDestinationRule } from './destination-rule-index';
export { type Endpoint, labelsMatch } from './endpoint';
export {
  bySpecificity,
  compareText,
  hostsOverlap,
  hostWithin,
  intersectHosts,
  isWildcard,
  mostSpecificMatch,
} from './host-name';
export type { ClusterObject } from './kind-buckets';
export { DEFAULT_MESH_SETTINGS, type MeshSettings } from './mesh-settings';
export { isHttp, isHttp2, isTls, parseProtocol, type Protocol } from './protocol';
export { type EffectiveTlsMode, modeOfPort, type WorkloadTls } from './peer-authentication-index';
export { DEFAULT_CLUSTER_ID, NO_LOCALITY, parseProxy, type Proxy, type ProxyNode } from './proxy';
export type { ResolvedVirtualService } from './resolved-virtual-service';
export { addressesIn, isHeadless, type MeshService, portOf, type Resolution, type ServicePort } from './service';
export { MESH_GATEWAY } from './virtual-service-index';
export { isVisibleIn } from './visibility';
export { withLocality, workloadOfProxy } from './workload-of-proxy';
