import { X509Certificate } from 'node:crypto';
import type { BundleStatus } from '../../federation/api';
import { formatTime } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import type { Gateway, Secret } from '../../istio';
import { ofKind } from './select-objects';

/** `status.certificate` of a Bundle. */
export type CertificateStatus = NonNullable<BundleStatus['certificate']>;

const VERSION_DIGITS = 12;

/** Names of the Secrets that the Gateways of a bundle take their certificates from, sorted. */
export function credentialNames(manifests: readonly KubeObject[]): readonly string[] {
  const names = ofKind<Gateway>(manifests, 'Gateway').flatMap(({ spec }) =>
    (spec?.servers ?? []).flatMap(({ tls }) => [tls?.credentialName ?? '', ...(tls?.credentialNames ?? [])]),
  );
  return [...new Set(names)].filter((name) => name !== '').sort();
}

/**
 * What the Secrets really hold. Of several certificates the one that ends first is shown; one that is missing, unreadable
 * or expired makes the whole not installed.
 * @param find the Secret of a name in the gateway namespace
 * @returns undefined when the bundle needs no certificate
 */
export function certificateStatus(
  names: readonly string[],
  find: (name: string) => Secret | undefined,
  nowMs: number,
): CertificateStatus | undefined {
  if (names.length === 0) return undefined;
  const certificates = names.map((name) => readCertificate(find(name)));
  const [first] = certificates
    .filter((certificate) => certificate !== undefined)
    .sort((left, right) => Date.parse(left.validTo) - Date.parse(right.validTo));
  if (first === undefined) return { installed: false };
  const endMs = Date.parse(first.validTo);
  return {
    installed: endMs > nowMs && certificates.every((certificate) => certificate !== undefined),
    serial: first.serialNumber.toLowerCase(),
    version: first.fingerprint256.replaceAll(':', '').slice(0, VERSION_DIGITS).toLowerCase(),
    notAfter: formatTime(endMs),
  };
}

/** The leaf in a Secret's `tls.crt` (or `cert`, Istio's generic form); undefined when there is none that can be read. */
function readCertificate(secret: Secret | undefined): X509Certificate | undefined {
  const encoded = secret?.data?.['tls.crt'] ?? secret?.data?.cert;
  if (encoded === undefined) return undefined;
  try {
    return new X509Certificate(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined; // reported as not installed: that is what a gateway makes of it, too
  }
}
