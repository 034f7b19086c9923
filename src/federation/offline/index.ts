export { type HubObjects, hubObjectsOf } from './hub-objects';
export { type OfflineRender, renderOffline } from './render-offline';
