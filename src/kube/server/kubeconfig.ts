import { isIP } from 'node:net';
import { stringify } from 'yaml';

/** What a kubeconfig needs to reach a server. */
export interface KubeconfigParts {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly certificateAuthority: string;
  readonly token: string;
  /** Name of cluster, user and context. */
  readonly name: string;
}

/** A kubeconfig with one context, as YAML. */
export function kubeconfigOf({ url, certificateAuthority, token, name }: KubeconfigParts): string {
  const authority = Buffer.from(certificateAuthority).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: `${name}-admin`, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: `${name}-admin`, namespace: 'default' } }],
    'current-context': name,
  });
}

const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The address that a server listens on as the host of a URL. Who listens everywhere is reached by loopback, which is in its certificate. */
export function urlHost(address: string): string {
  const host = LOOPBACK[address] ?? address;
  return isIP(host) === 6 ? `[${host}]` : host;
}
