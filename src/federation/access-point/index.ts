export type { AccessPointInput, RememberedRendering } from './access-point-input';
export { type AccessPointDecision, decideAccessPoint } from './decide-access-point';
