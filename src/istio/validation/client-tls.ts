import type { Faults, Field } from '../findings';

const FILES = ['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'];

/** Istio's ClientTLSSettings. */
export function* clientTlsFaults(tls: Field): Faults {
  if (!tls.given) return;
  const mode = tls.at('mode').text ?? 'DISABLE';
  const credential = tls.at('credentialName');
  if (tls.at('insecureSkipVerify').isTrue) yield* unverifiedFaults(tls, mode);
  if (!['SIMPLE', 'MUTUAL'].includes(mode)) return;
  if ((credential.text ?? '') !== '') {
    for (const field of tls.among(FILES).filter(({ text }) => text !== ''))
      yield { code: 'FLO8080', path: field.path, message: 'with credentialName the certificates come from the Secret' };
    return;
  }
  for (const name of mode === 'MUTUAL' ? ['clientCertificate', 'privateKey'] : []) {
    if ((tls.at(name).text ?? '') === '')
      yield { code: 'FLO8080', path: tls.path, message: `mode MUTUAL needs ${name}, or credentialName` };
  }
}

function* unverifiedFaults(tls: Field, mode: string): Faults {
  const checks = {
    SIMPLE: ['caCertificates', 'credentialName', 'subjectAltNames'],
    MUTUAL: ['caCertificates', 'subjectAltNames'],
  };
  const names = mode === 'SIMPLE' || mode === 'MUTUAL' ? checks[mode] : [];
  for (const field of tls.among(names).filter(({ value }) => value !== ''))
    yield {
      code: 'FLO8080',
      path: field.path,
      message: 'insecureSkipVerify verifies nothing, so there is nothing to verify by',
    };
}
