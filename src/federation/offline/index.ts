export { type HubObjects, hubObjectsOf, type ParsedObjects } from './hub-objects';
export { type OfflineRender, previousClusters, renderOffline } from './render-offline';
