export * from './authority';
export { CITADEL, Citadel, type CitadelOptions } from './citadel';
export { CitadelModule } from './citadel.module';
export { TOKEN_AUDIENCE } from './identity/token-verifier';
export {
  planRotation,
  type RotationInput,
  type RotationPlan,
  type RotationWait,
  type ZoneTrust,
} from './rotate/plan-rotation';
export {
  CREATE_CERTIFICATE_PATH,
  decodeCertificateResponse,
  encodeCertificateRequest,
} from './service/certificate-messages';
export type { CertificateAnswer, CertificateCaller } from './service/certificate-service';
