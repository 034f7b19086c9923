import type { Faults, Field } from '../findings';
import { duplicateFaults, oneOfFaults } from './basics';

/** Cipher suites that Envoy knows in the names that BoringSSL gives them. */
const CIPHERS: ReadonlySet<string> = new Set(
  [
    ...['ECDHE-ECDSA', 'ECDHE-RSA'].flatMap((key) =>
      ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-SHA', 'AES256-SHA', 'AES128-SHA256'].map(
        (cipher) => `${key}-${cipher}`,
      ),
    ),
    ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA', 'DES-CBC3-SHA', 'AES128-SHA256'],
    ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
    ...['ECDHE-PSK-AES128-CBC-SHA', 'ECDHE-PSK-AES256-CBC-SHA', 'ECDHE-PSK-CHACHA20-POLY1305'],
    ...['PSK-AES128-CBC-SHA', 'PSK-AES256-CBC-SHA', 'ECDHE-RSA-AES256-SHA384', 'ECDHE-ECDSA-AES256-SHA384'],
  ].map((name) => name),
);

const CERTIFICATES = ['serverCertificate', 'privateKey', 'caCertificates', 'credentialName'];
const WITH_CERTIFICATE = ['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'];

/** Istio's ServerTLSSettings: where the certificate comes from fits the mode. */
export function* serverTlsFaults(tls: Field): Faults {
  if (!tls.given) return;
  yield* oneOfFaults(tls, ['credentialNames', 'tlsCertificates']);
  yield* oneOfFaults(tls, ['credentialName', 'credentialNames']);
  for (const list of tls.among(['credentialNames', 'tlsCertificates'])) yield* shortListFaults(list);
  yield* cipherFaults(tls);
  const mode = tls.at('mode').text ?? 'PASSTHROUGH';
  if (mode === 'ISTIO_MUTUAL') yield* meshCertificateFaults(tls);
  else if (WITH_CERTIFICATE.includes(mode)) yield* certificateFaults(tls, mode);
  else yield* ignoredCertificateFaults(tls, mode);
}

function* shortListFaults(list: Field): Faults {
  const { length } = list.items;
  if (length === 0 && Array.isArray(list.value))
    yield { code: 'FLO8032', path: list.path, message: 'an empty list holds no certificate' };
}

function* cipherFaults(tls: Field): Faults {
  const version = tls.at('minProtocolVersion');
  const suites = tls.at('cipherSuites');
  if (['TLSV1_0', 'TLSV1_1'].includes(version.text ?? '') && suites.items.length === 0) {
    const message = `no default cipher works with ${version.text ?? ''}`;
    yield { code: 'FLO8033', path: version.path, message, hint: 'name cipherSuites, or ask for TLSV1_2' };
  }
  for (const { text, field } of suites.texts) {
    if (!CIPHERS.has(text))
      yield { code: 'FLO8033', path: field.path, message: `cipher "${text}" is unknown and left out` };
  }
  for (const fault of duplicateFaults(suites.texts, 'cipher')) yield { ...fault, code: 'FLO8033' };
}

function* meshCertificateFaults(tls: Field): Faults {
  for (const field of tls.among(CERTIFICATES))
    yield { code: 'FLO8032', path: field.path, message: "mode ISTIO_MUTUAL uses the mesh's own certificates" };
}

function* ignoredCertificateFaults(tls: Field, mode: string): Faults {
  for (const field of tls.among([...CERTIFICATES, 'caCrl'])) {
    const message = `mode ${mode} ends no TLS here, so this is ignored`;
    yield { code: 'FLO8033', path: field.path, message, hint: 'remove it, or use mode SIMPLE or MUTUAL' };
  }
}

function* certificateFaults(tls: Field, mode: string): Faults {
  const crl = tls.at('caCrl');
  const fromSecret = tls.among(['credentialName', 'credentialNames']).length > 0;
  if (crl.given && fromSecret)
    yield {
      code: 'FLO8032',
      path: crl.path,
      message: 'with credentialName the revocation list belongs into the Secret',
    };
  else if (crl.given && mode === 'SIMPLE')
    yield { code: 'FLO8032', path: crl.path, message: 'mode SIMPLE asks no client for a certificate' };
  if (fromSecret || tls.at('tlsCertificates').given) return;
  const needed = ['serverCertificate', 'privateKey', ...(mode === 'SIMPLE' ? [] : ['caCertificates'])];
  const missing = needed.filter((name) => (tls.at(name).text ?? '') === '');
  if (missing.length === 0) return;
  const message = `mode ${mode} needs credentialName, or ${needed.join(', ')}; missing: ${missing.join(', ')}`;
  yield { code: 'FLO8032', path: tls.path, message };
}
