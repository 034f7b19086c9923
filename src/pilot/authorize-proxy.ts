import { toFlotillaError } from '../kernel';
import { type GrpcCall, GrpcCode, type GrpcStatus } from './grpc';
import type { Proxy } from './model';
import type { AuthorizeProxy } from './xds';

/** What a caller shows of itself: a client certificate that TLS has verified (DER), or a token. */
export interface CallerCredentials {
  readonly certificate?: Buffer;
  /** The `authorization` header. */
  readonly authorization?: string;
  /** The `clusterid` header: which cluster issued the token. */
  readonly clusterId?: string;
}

/** A workload that was authenticated. */
export interface CallerIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Finds out who calls. Rejects when nobody vouches for the caller. */
export type IdentifyCaller = (caller: CallerCredentials) => Promise<CallerIdentity>;

/** What the caller of a gRPC method shows. */
export function credentialsOf({ peer, headers }: Pick<GrpcCall, 'peer' | 'headers'>): CallerCredentials {
  const { authorization, clusterid } = headers;
  return {
    ...(peer.certificate ? { certificate: peer.certificate.raw } : {}),
    ...(authorization ? { authorization } : {}),
    ...(typeof clusterid === 'string' ? { clusterId: clusterid } : {}),
  };
}

/**
 * Serves a proxy only to a workload of the namespace, and where the node names one of the service account, that it claims to
 * be (istiod's PILOT_ENABLE_XDS_IDENTITY_CHECK).
 */
export function authorizeByIdentity(identify: IdentifyCaller): AuthorizeProxy {
  return async (call, proxy) => {
    try {
      return mismatch(await identify(credentialsOf(call)), proxy);
    } catch (error) {
      return { code: GrpcCode.Unauthenticated, message: toFlotillaError(error).message };
    }
  };
}

function mismatch({ namespace, serviceAccount }: CallerIdentity, proxy: Proxy): GrpcStatus | undefined {
  const claimed = proxy.serviceAccount ?? serviceAccount;
  if (namespace === proxy.namespace && serviceAccount === claimed) return undefined;
  const message = `a workload of ${namespace}/${serviceAccount} may not be served as ${proxy.namespace}/${claimed}`;
  return { code: GrpcCode.PermissionDenied, message };
}
