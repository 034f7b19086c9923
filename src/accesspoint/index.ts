export {
  accessPointKind,
  type AccessPoint,
  type AccessPointPort,
  type AccessPointSpec,
  type AccessPointStatus,
} from './access-point';
