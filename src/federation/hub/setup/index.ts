export { hubKinds, zoneKinds } from './hub-kinds';
export { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from './hub-settings';
export { installKinds } from './install-kinds';
