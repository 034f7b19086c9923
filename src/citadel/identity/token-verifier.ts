import { FlotillaError } from '../../kernel';
import type { WorkloadIdentity } from './spiffe-id';

/** Audience that Istio's agents ask their projected tokens for. */
export const TOKEN_AUDIENCE = 'istio-ca';

/** Says whose token it is. */
export interface TokenVerifier {
  /** @throws FlotillaError FLO5230 when the token is refused; KubeApiError when the cluster cannot be asked */
  identify(token: string, trustDomain: string): Promise<WorkloadIdentity>;
}

/** The refusal of a token, in the words of the one who looked at it. */
export function tokenRefused(cluster: string, why: string): FlotillaError {
  return new FlotillaError(`cluster ${cluster} does not vouch for the token of a workload: ${why}`, {
    code: 'FLO5230',
    retry: 'after-change',
    hint: `send a projected service account token with audience ${TOKEN_AUDIENCE}`,
  });
}
