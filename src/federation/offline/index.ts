export { type HubObjects, hubObjectsOf } from './hub-objects';
export { type OfflineRender, previousClusters, renderOffline } from './render-offline';
