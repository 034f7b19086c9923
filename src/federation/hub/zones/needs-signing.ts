import {
  chainProblems,
  firstCertificate,
  notAfterMs,
  notBeforeMs,
  rootOf,
  verifySigningRequest,
} from '../../../citadel';

/** What decides whether a zone's request has to be signed. */
export interface SigningInput {
  readonly requestPem: string;
  /** The chain that stands in the copy now. */
  readonly chainPem: string | undefined;
  readonly rootCertificatePem: string;
  readonly nowMs: number;
}

/** A chain is signed again in the last third of its life, so that a hub that is away for days does no harm. */
const RENEW_AFTER = 2 / 3;

/**
 * Whether to sign: there is no chain, or it is for another key, under another root, broken, or in the last third of its life.
 * @throws FlotillaError FLO5203 when the request cannot be read
 */
export async function needsSigning({
  requestPem,
  chainPem,
  rootCertificatePem,
  nowMs,
}: SigningInput): Promise<boolean> {
  const { publicKey } = await verifySigningRequest(requestPem);
  if (chainPem === undefined || chainProblems(chainPem, nowMs).length > 0) return true;
  const intermediate = firstCertificate(chainPem);
  if (!intermediate.publicKey.equals(publicKey)) return true;
  if (rootOf(chainPem).trim() !== rootCertificatePem.trim()) return true;
  const lifetimeMs = notAfterMs(intermediate) - notBeforeMs(intermediate);
  return nowMs > notBeforeMs(intermediate) + lifetimeMs * RENEW_AFTER;
}
