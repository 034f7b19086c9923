export {
  acceptAccessPoint,
  type Acceptance,
  type AcceptedIntent,
  hasErrors,
  type HubLookups,
  judgeAccessPoint,
} from './accept-access-point';
