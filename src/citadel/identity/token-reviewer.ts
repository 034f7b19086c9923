import type { KubeClient } from '../../kube';
import { identityOfUser, type WorkloadIdentity } from './spiffe-id';
import { TOKEN_AUDIENCE, tokenRefused, type TokenVerifier } from './token-verifier';

interface TokenReviewStatus {
  readonly authenticated?: boolean;
  readonly user?: { readonly username?: string };
  readonly audiences?: readonly string[];
  readonly error?: string;
}

/** Asks the cluster that issued the token (authentication.k8s.io/v1 TokenReview). */
export class TokenReviewer implements TokenVerifier {
  constructor(private readonly client: Pick<KubeClient, 'request' | 'cluster'>) {}

  async identify(token: string, trustDomain: string): Promise<WorkloadIdentity> {
    const status = await this.review(token);
    if (status.authenticated !== true)
      throw tokenRefused(this.client.cluster, status.error ?? 'it is not authenticated');
    // An authenticator that does not know audiences answers without them; then the token may be meant for anybody.
    if (!status.audiences?.includes(TOKEN_AUDIENCE)) {
      throw tokenRefused(this.client.cluster, `it is not meant for the audience ${TOKEN_AUDIENCE}`);
    }
    const identity = identityOfUser(status.user?.username ?? '', trustDomain);
    if (identity === undefined) throw tokenRefused(this.client.cluster, 'its user is not a service account');
    return identity;
  }

  private async review(token: string): Promise<TokenReviewStatus> {
    const answer = await this.client.request({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token, audiences: [TOKEN_AUDIENCE] },
      },
    });
    return (answer.body as { status?: TokenReviewStatus } | undefined)?.status ?? {};
  }
}
