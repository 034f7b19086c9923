export { accessPointFinding, type FindingParts } from './access-point-finding';
export { type Claimant, type ClaimKey, claimKeys, conflictFindings } from './claims';
export { fixedAddresses } from './fixed-addresses';
export type { Lookups } from './reference-findings';
export { reviewAccessPoint, type Review } from './review-access-point';
export { validateAccessPoint } from './validate-access-point';
export { renderingFindings, renderingFindingsBesides, type TrialInput } from './rendering-findings';
export { selectedGateways, trapMessage } from './trap-findings';
