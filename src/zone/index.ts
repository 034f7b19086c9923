export { manifestsOf } from './apply/manifests-of';
export { identityOf, planApply } from './apply/plan-apply';
export { endDrains } from './drain/end-drains';
export { startZone, type Zone } from './process/start-zone';
export type { ZoneAddresses } from './process/zone-process';
export type { ZoneSettings } from './process/zone-settings';
