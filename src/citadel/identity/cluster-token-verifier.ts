import type { Clock } from '../../kernel';
import { KubeApiError, type KubeClient } from '../../kube';
import { identityOfUser, type WorkloadIdentity } from './spiffe-id';
import { TokenReviewer } from './token-reviewer';
import { TOKEN_AUDIENCE, tokenRefused, type TokenVerifier } from './token-verifier';
import { type IssuerKey, type TokenVerdict, verifyToken } from './verify-token';

/** The upstream API server refuses to send its keys as plain JSON (406). */
const KEY_SET_OR_JSON = 'application/jwk-set+json, application/json';

/** The keys that a cluster signs service account tokens with. */
interface Issuer {
  readonly issuer: string;
  readonly keys: readonly IssuerKey[];
  readonly readAtMs: number;
}

/** Keys change rarely; a token with an unknown key makes them be read anew, but not more often than this. */
const REREAD_AFTER_MS = 30_000;

/**
 * Verifies projected tokens of one cluster here, with the keys that it publishes (its OpenID discovery), so that a cluster is not
 * asked for every workload that starts. A cluster that does not publish them is asked by TokenReview instead.
 */
export class ClusterTokenVerifier implements TokenVerifier {
  private issuer: Promise<Issuer | undefined> | undefined;
  private readonly reviewer: TokenReviewer;

  constructor(
    private readonly client: Pick<KubeClient, 'request' | 'cluster'>,
    private readonly clock: Clock,
  ) {
    this.reviewer = new TokenReviewer(client);
  }

  async identify(token: string, trustDomain: string): Promise<WorkloadIdentity> {
    const issuer = await this.read(Infinity);
    if (issuer === undefined) return this.reviewer.identify(token, trustDomain);
    const verdict = await this.verify(token, issuer);
    if (verdict.kind === 'refused') throw tokenRefused(this.client.cluster, verdict.message);
    const identity = identityOfUser(verdict.subject, trustDomain);
    if (identity === undefined) throw tokenRefused(this.client.cluster, 'its subject is not a service account');
    return identity;
  }

  private async verify(token: string, known: Issuer): Promise<TokenVerdict> {
    const verdict = this.judge(token, known);
    if (verdict.kind === 'valid' || verdict.reason !== 'UnknownKey') return verdict;
    const renewed = await this.read(REREAD_AFTER_MS);
    return renewed === undefined ? verdict : this.judge(token, renewed);
  }

  private judge(token: string, { issuer, keys }: Issuer): TokenVerdict {
    return verifyToken(token, { keys, issuer, audience: TOKEN_AUDIENCE, nowMs: this.clock.nowMs() });
  }

  /** The issuer, read at most `maxAgeMs` ago; callers at the same time share one reading, a failed one is forgotten. */
  private async read(maxAgeMs: number): Promise<Issuer | undefined> {
    const known = await this.issuer;
    if (known !== undefined && this.clock.nowMs() - known.readAtMs < maxAgeMs) return known;
    const reading = this.fetchIssuer();
    this.issuer = reading;
    try {
      return await reading;
    } catch (cause) {
      this.issuer = undefined;
      throw cause;
    }
  }

  /** undefined when the cluster does not publish its keys, or not to us. */
  private async fetchIssuer(): Promise<Issuer | undefined> {
    const [configuration, keySet] = await Promise.all([
      this.fetch('/.well-known/openid-configuration'),
      this.fetch('/openid/v1/jwks'),
    ]);
    const { issuer } = (configuration ?? {}) as { issuer?: unknown };
    const { keys } = (keySet ?? {}) as { keys?: unknown };
    if (typeof issuer !== 'string' || !Array.isArray(keys)) return undefined;
    return { issuer, keys: keys as readonly IssuerKey[], readAtMs: this.clock.nowMs() };
  }

  private async fetch(path: string): Promise<unknown> {
    try {
      return (await this.client.request({ method: 'GET', path, accept: KEY_SET_OR_JSON })).body;
    } catch (cause) {
      if (cause instanceof KubeApiError && (cause.isNotFound || cause.isForbidden)) return undefined;
      throw cause;
    }
  }
}
