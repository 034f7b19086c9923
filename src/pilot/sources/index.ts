export type { DiscoveryScope } from './cluster-source';
export { type DebounceOptions, Debouncer } from './debouncer';
export type { ConnectCluster, RemoteClusterState } from './remote-clusters';
export type { SourceState, SourceStateKind } from './source-state';
export { ZoneSources, type ZoneSourcesOptions } from './zone-sources';
