export { type DiscoveryType, type DiscoveryTypeName, discoveryTypeOf, discoveryTypes } from './discovery-type';
export type { DiscoveryFault, ProxyDump, ProxyStatus, ResourceStatus, SyncState, TypeStatus } from './proxy-status';
export { type EncodedResource, type ResourceDifference, ResourceSet } from './resource-set';
export type { ResourceSource } from './resource-source';
export { silentXdsObserver, type XdsObserver } from './xds-observer';
export { type AuthorizeProxy, XdsServer, type XdsServerOptions } from './xds-server';
