import type { Locality } from '../../kernel';

/** One address and port that a service's requests can go to. */
export interface Endpoint {
  /** IP address, host name (DNS resolutions) or `unix://` path. */
  readonly address: string;
  /** 0 for unix paths. */
  readonly port: number;
  readonly locality: Locality;
  /** Relative to the other endpoints of its locality, 1 or more. */
  readonly weight: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly cluster: string;
  readonly network?: string;
  /** SPIFFE identity of the workload, when its service account is known. */
  readonly identity?: string;
  /** `istio` when the workload takes mesh TLS. */
  readonly tlsMode: string;
  /** HEALTHY when Kubernetes reported readiness, UNKNOWN when nobody does. */
  readonly health: 'HEALTHY' | 'UNKNOWN';
  readonly namespace: string;
  readonly workload: string;
  /** The member of a global name that it belongs to; members divide a locality's requests by weight. */
  readonly member?: string;
  /** Host name within a headless Service. */
  readonly hostname?: string;
}

/** Label that says whether a workload takes mesh TLS. */
export const TLS_MODE_LABEL = 'security.istio.io/tlsMode';

/** Whether all of the wanted labels are there with the same values. */
export function labelsMatch(
  wanted: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  for (const key in wanted) if (labels[key] !== wanted[key]) return false;
  return true;
}

/** The SPIFFE identity of a service account. */
export function spiffeIdentity(trustDomain: string, namespace: string, serviceAccount: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
