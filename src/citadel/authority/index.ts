export {
  chainProblems,
  fingerprintOf,
  firstCertificate,
  isSelfSigned,
  notAfterMs,
  notBeforeMs,
  parseChain,
  rootOf,
  splitPem,
  withoutRoot,
} from './certificate-chain';
export { type IntermediateOptions, signIntermediate } from './intermediate';
export type { KeyAlgorithm } from './key-algorithm';
export { issueLeaf, type LeafIdentity, type LeafOptions, type Signer } from './leaf';
export { createKey, matchesPublicKey, publicKeyOf } from './private-key';
export { createRoot, type Root, type RootOptions } from './root';
export {
  createSigningRequest,
  type SigningRequestOptions,
  verifySigningRequest,
  type VerifiedRequest,
} from './signing-request';
export { DAY_MS } from './validity';
