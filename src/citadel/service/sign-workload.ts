import { status } from '@grpc/grpc-js';
import { FlotillaError } from '../../kernel';
import { DAY_MS, issueLeaf, splitPem, verifySigningRequest, withoutRoot } from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';
import { spiffeIdOf, type WorkloadIdentity } from '../identity/spiffe-id';
import type { CertificateRequest } from './certificate-messages';

/** What one workload certificate is made from. */
export interface SignWorkloadInput {
  readonly request: CertificateRequest;
  /** The authenticated caller; whatever the request claims does not count. */
  readonly identity: WorkloadIdentity;
  readonly issuer: Issuer;
  readonly defaultLifetimeMs: number;
  readonly nowMs: number;
}

/** A refusal with the gRPC status that says so. */
export class CertificateRefusal extends FlotillaError {
  constructor(
    readonly grpcStatus: status,
    message: string,
    code: string,
    cause?: unknown,
  ) {
    super(message, { code, retry: 'after-change', cause });
  }
}

const LONGEST_REQUEST_BYTES = 16 * 1024;
const LONGEST_LIFETIME_MS = 90 * DAY_MS;

/**
 * Signs a workload's request for the identity of its caller.
 * @returns PEM certificates, leaf first; last, in one text, all roots to trust, which is what agents take for their trust bundle
 * @throws CertificateRefusal FLO5231 (size, validity) or what `verifySigningRequest` throws
 */
export async function signWorkload(input: SignWorkloadInput): Promise<readonly string[]> {
  const { request, identity, issuer, nowMs } = input;
  if (Buffer.byteLength(request.csr) > LONGEST_REQUEST_BYTES) {
    throw invalid(`the signing request is longer than ${LONGEST_REQUEST_BYTES} bytes`);
  }
  const lifetimeMs = request.validityDuration > 0 ? request.validityDuration * 1000 : input.defaultLifetimeMs;
  if (lifetimeMs > LONGEST_LIFETIME_MS) {
    throw invalid(`a validity of ${request.validityDuration} s is more than ${LONGEST_LIFETIME_MS / 1000} s`);
  }
  const { publicKey } = await verifySigningRequest(request.csr);
  const spiffeId = spiffeIdOf(identity);
  const chain = await issueLeaf({ signer: issuer, publicKey, identity: { spiffeId }, lifetimeMs, nowMs });
  return [...splitPem(withoutRoot(chain)), issuer.trustPem];
}

function invalid(why: string): CertificateRefusal {
  return new CertificateRefusal(status.INVALID_ARGUMENT, `cannot issue a workload certificate: ${why}`, 'FLO5231');
}
