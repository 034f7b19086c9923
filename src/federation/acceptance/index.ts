export {
  acceptAccessPoint,
  type Acceptance,
  type AcceptedIntent,
  hasErrors,
  type HubLookups,
  judgeAccessPoint,
  withConflicts,
} from './accept-access-point';
export { ClaimIndex } from './claim-index';
export { claimantOf } from './claimant-of';
export { renderedTraps, type TrapSources } from './rendered-traps';
