export { type DiscoveryType, type DiscoveryTypeName, discoveryTypeOf } from './discovery-type';
export type { DiscoveryFault, ProxyDump, ProxyStatus, ResourceStatus, SyncState, TypeStatus } from './proxy-status';
export { type EncodedResource, type ResourceDifference, ResourceSet } from './resource-set';
export type { ResourceSource } from './resource-source';
export type { XdsObserver } from './xds-observer';
export { type AuthorizeProxy, XdsServer, type XdsServerOptions } from './xds-server';
