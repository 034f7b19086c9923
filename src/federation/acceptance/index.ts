export {
  acceptAccessPoint,
  type Acceptance,
  type AcceptedIntent,
  hasErrors,
  type HubLookups,
  judgeAccessPoint,
  withConflicts,
} from './accept-access-point';
