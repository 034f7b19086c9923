import { status } from '@grpc/grpc-js';
import { X509Certificate } from 'node:crypto';
import type { MeshSpec } from '../../federation/api';
import { type Clock, type FlotillaError, type Logger, toFlotillaError } from '../../kernel';
import type { Issuer } from '../intermediate/decide-intermediate';
import { identityOfCertificate, spiffeIdOf, type WorkloadIdentity } from '../identity/spiffe-id';
import type { TokenVerifier } from '../identity/token-verifier';
import { type CitadelObserver, silentCitadelObserver } from '../metrics/citadel-observer';
import { type CertificateRequest, decodeCertificateRequest, encodeCertificateResponse } from './certificate-messages';
import { RateLimit, type RateLimitOptions } from './rate-limit';
import { CertificateRefusal, signWorkload } from './sign-workload';

/** Who calls, as the connection and the headers say it. */
export interface CertificateCaller {
  /** DER of the client certificate; only one that TLS has verified against the mesh root. */
  readonly certificate?: Buffer;
  /** The `authorization` header. */
  readonly authorization?: string;
  /** The `clusterid` header, Istio's way to say which cluster issued the token. */
  readonly clusterId?: string;
}

/** The answer: a response message, or a gRPC status with its text. */
export type CertificateAnswer =
  | { readonly kind: 'issued'; readonly response: Uint8Array }
  | { readonly kind: 'refused'; readonly grpcStatus: number; readonly message: string };

/** What the certificate service needs. */
export interface CertificateServiceOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Trust domain and default lifetime, as they are now. */
  readonly meshSpec: () => Pick<MeshSpec, 'trustDomain' | 'ca'>;
  /** undefined while the zone has no intermediate. */
  readonly issuer: () => Issuer | undefined;
  /** The verifier of a cluster by its name; the gateway cluster's for undefined. */
  readonly verifierOf: (cluster: string | undefined) => TokenVerifier | undefined;
  readonly observer?: CitadelObserver;
  readonly perCaller?: RateLimitOptions;
  readonly overall?: RateLimitOptions;
}

const HOUR_MS = 60 * 60 * 1000;
const PER_CALLER: RateLimitOptions = { perSecond: 1, burst: 20 };
/** About what one process can sign on one core, see docs/decisions/certificates.md. */
const OVERALL: RateLimitOptions = { perSecond: 400, burst: 400 };

const STATUS_OF_CODE: Readonly<Record<string, status>> = {
  FLO5201: status.INVALID_ARGUMENT,
  FLO5203: status.INVALID_ARGUMENT,
  FLO5230: status.UNAUTHENTICATED,
};

/**
 * IstioCertificateService: who calls is learnt from the TLS client certificate or the bearer token, what is signed is that
 * identity and the key of the request. Errors go out as gRPC statuses without internals.
 */
export class CertificateService {
  private readonly observer: CitadelObserver;
  private readonly perCaller: RateLimit;
  private readonly overall: RateLimit;

  constructor(private readonly options: CertificateServiceOptions) {
    this.observer = options.observer ?? silentCitadelObserver;
    this.perCaller = new RateLimit(options.clock, options.perCaller ?? PER_CALLER);
    this.overall = new RateLimit(options.clock, options.overall ?? OVERALL);
  }

  /** Answers one CreateCertificate call. Never rejects: what goes wrong is a refusal. */
  async createCertificate(requestBytes: Uint8Array, caller: CertificateCaller): Promise<CertificateAnswer> {
    this.observer.asked();
    try {
      const certChain = await this.create(readRequest(requestBytes), caller);
      this.observer.issued('workload');
      return { kind: 'issued', response: encodeCertificateResponse({ certChain }) };
    } catch (cause) {
      return this.refuse(toFlotillaError(cause));
    }
  }

  private async create(request: CertificateRequest, caller: CertificateCaller): Promise<readonly string[]> {
    if (!this.overall.take('')) throw tooMany('this zone is asked for more certificates than it can sign');
    const identity = await this.identify(caller);
    if (!this.perCaller.take(spiffeIdOf(identity))) throw tooMany(`${spiffeIdOf(identity)} asks too often`);
    const issuer = this.options.issuer();
    if (issuer === undefined) {
      throw new CertificateRefusal(status.UNAVAILABLE, 'this zone has no intermediate certificate yet', 'FLO5211');
    }
    const defaultLifetimeMs = this.options.meshSpec().ca.leafLifetimeHours * HOUR_MS;
    return signWorkload({ request, identity, issuer, defaultLifetimeMs, nowMs: this.options.clock.nowMs() });
  }

  /**
   * Whose call it is. A verified client certificate wins; a token is only looked at without one.
   * @throws FlotillaError FLO5230
   */
  async identify({ certificate, authorization, clusterId }: CertificateCaller): Promise<WorkloadIdentity> {
    const { verifierOf, meshSpec } = this.options;
    const { trustDomain } = meshSpec();
    if (certificate !== undefined) {
      const identity = identityOfCertificate(new X509Certificate(certificate));
      if (identity?.trustDomain === trustDomain) return identity;
      throw unauthenticated(`the client certificate names no workload of trust domain ${trustDomain}`);
    }
    const token = authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : undefined;
    if (token === undefined) throw unauthenticated('the caller shows neither a client certificate nor a bearer token');
    const verifier = verifierOf(clusterId);
    if (verifier === undefined) throw unauthenticated(`cluster ${clusterId} does not belong to this zone`);
    return verifier.identify(token, trustDomain);
  }

  private refuse(error: FlotillaError): CertificateAnswer {
    this.observer.refused(error.code);
    this.options.logger.warn('certificate refused', { code: error.code, reason: error.message });
    return { kind: 'refused', grpcStatus: statusOf(error), message: `${error.code}: ${error.message}` };
  }
}

function readRequest(bytes: Uint8Array): CertificateRequest {
  try {
    return decodeCertificateRequest(bytes);
  } catch (cause) {
    const message = 'cannot issue a workload certificate: the request is no IstioCertificateRequest';
    throw new CertificateRefusal(status.INVALID_ARGUMENT, message, 'FLO5231', cause);
  }
}

function statusOf(error: FlotillaError): status {
  if (error instanceof CertificateRefusal) return error.grpcStatus;
  return STATUS_OF_CODE[error.code] ?? status.UNAVAILABLE;
}

function unauthenticated(why: string): CertificateRefusal {
  return new CertificateRefusal(status.UNAUTHENTICATED, `cannot tell who asks for a certificate: ${why}`, 'FLO5230');
}

function tooMany(why: string): CertificateRefusal {
  return new CertificateRefusal(status.RESOURCE_EXHAUSTED, `cannot issue a certificate now: ${why}`, 'FLO5232');
}
