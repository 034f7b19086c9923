import type { X509Certificate } from 'node:crypto';

/** Who somebody is within a mesh: a Kubernetes service account. */
export interface WorkloadIdentity {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

const SPIFFE = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/;
const ACCOUNT = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/;

/** `spiffe://trust-domain/ns/namespace/sa/account`, Istio's form; `@` in a trust domain becomes `.`. */
export function spiffeIdOf({ trustDomain, namespace, serviceAccount }: WorkloadIdentity): string {
  return `spiffe://${trustDomain.replaceAll('@', '.')}/ns/${namespace}/sa/${serviceAccount}`;
}

/** Reads Istio's form of a SPIFFE id; undefined for any other. */
export function parseSpiffeId(text: string): WorkloadIdentity | undefined {
  const [, trustDomain, namespace, serviceAccount] = SPIFFE.exec(text) ?? [];
  if (trustDomain === undefined || namespace === undefined || serviceAccount === undefined) return undefined;
  return { trustDomain, namespace, serviceAccount };
}

/**
 * The identity in a certificate that TLS has already verified: its only URI (X.509-SVID §2 allows exactly one). undefined
 * when there is none, or more than one.
 */
export function identityOfCertificate({
  subjectAltName = '',
}: Pick<X509Certificate, 'subjectAltName'>): WorkloadIdentity | undefined {
  const uris = subjectAltName.split(', ').filter((name) => name.startsWith('URI:'));
  const [only, ...more] = uris;
  return only === undefined || more.length > 0 ? undefined : parseSpiffeId(only.slice('URI:'.length));
}

/** The identity behind a Kubernetes user name `system:serviceaccount:namespace:name`. */
export function identityOfUser(username: string, trustDomain: string): WorkloadIdentity | undefined {
  const [, namespace, serviceAccount] = ACCOUNT.exec(username) ?? [];
  if (namespace === undefined || serviceAccount === undefined) return undefined;
  return { trustDomain, namespace, serviceAccount };
}
