export * from './authority';
export { ISSUER, ISSUER_LABEL } from './gateway/plan-gateway-certificates';
export { parseSpiffeId, spiffeIdOf, type WorkloadIdentity } from './identity/spiffe-id';
export { ClusterTokenVerifier } from './identity/cluster-token-verifier';
export { TOKEN_AUDIENCE, type TokenVerifier } from './identity/token-verifier';
export { CitadelMetrics } from './metrics/citadel-metrics';
export type { CertificateUse, CitadelObserver } from './metrics/citadel-observer';
export { MeshCitadel, type MeshCitadelOptions } from './mesh-citadel';
export {
  CREATE_CERTIFICATE_PATH,
  decodeCertificateResponse,
  encodeCertificateRequest,
} from './service/certificate-messages';
export {
  type CertificateAnswer,
  type CertificateCaller,
  CertificateService,
  type CertificateServiceOptions,
} from './service/certificate-service';
export type { ServerCertificate } from './service/server-certificate';
export { ServerCertificateKeeper, type ServerCertificateKeeperOptions } from './service/server-certificate-keeper';
export {
  planRotation,
  type RotationInput,
  type RotationPlan,
  type RotationWait,
  type ZoneTrust,
} from './rotate/plan-rotation';
export type { Issuer } from './intermediate/decide-intermediate';
