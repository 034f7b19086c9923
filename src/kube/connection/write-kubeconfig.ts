import { stringify } from 'yaml';
import type { ConnectionOptions } from './connection-options';
import { withoutUndefined } from './without-undefined';

/**
 * The kubeconfig with one context, named as the cluster, that {@link parseKubeconfig} reads back to the same options.
 */
export function writeKubeconfig(options: ConnectionOptions): string {
  const name = options.cluster;
  const user = userEntry(options);
  const context = { cluster: name, user: name, ...(options.namespace ? { namespace: options.namespace } : {}) };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: clusterEntry(options) }],
    contexts: [{ name, context }],
    users: [{ name, user }],
  });
}

function clusterEntry(options: ConnectionOptions): Record<string, unknown> {
  return withoutUndefined({
    server: options.server,
    'certificate-authority': options.caFile,
    'certificate-authority-data': encoded(options.caPem),
    'insecure-skip-tls-verify': options.insecureSkipTlsVerify,
    'tls-server-name': options.tlsServerName,
    'proxy-url': options.proxyUrl,
  });
}

function userEntry(options: ConnectionOptions): Record<string, unknown> {
  return withoutUndefined({
    token: options.token,
    tokenFile: options.tokenFile,
    username: options.username,
    password: options.password,
    'client-certificate': options.clientCertificateFile,
    'client-certificate-data': encoded(options.clientCertificatePem),
    'client-key': options.clientKeyFile,
    'client-key-data': encoded(options.clientKeyPem),
    exec: options.exec,
    as: options.impersonate?.user,
    'as-groups': options.impersonate?.groups,
    'as-uid': options.impersonate?.uid,
  });
}

function encoded(pem: string | undefined): string | undefined {
  return pem === undefined ? undefined : Buffer.from(pem).toString('base64');
}
