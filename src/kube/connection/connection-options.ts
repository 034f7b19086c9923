import type { ExecPlugin } from './exec-plugin';

/**
 * How to reach and authenticate to one cluster: a kubeconfig context, flattened. Where a value can stand inline or in a
 * file, the file is read again now and then, so that rotated credentials are picked up.
 */
export interface ConnectionOptions {
  /** Name of the cluster in errors, logs and metrics. */
  readonly cluster: string;
  /** `https://host:port`, with a path prefix if the API server sits behind one. */
  readonly server: string;
  readonly caPem?: string;
  readonly caFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Name to check in the server's certificate (and SNI) when it differs from the host. */
  readonly tlsServerName?: string;
  /** Bearer token; `tokenFile` wins over it, as in client-go. */
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientCertificatePem?: string;
  readonly clientCertificateFile?: string;
  readonly clientKeyPem?: string;
  readonly clientKeyFile?: string;
  readonly exec?: ExecPlugin;
  /** `http://`, `https://` or `socks5://`. */
  readonly proxyUrl?: string;
  readonly impersonate?: Impersonation;
  /** The context's default namespace. */
  readonly namespace?: string;
}

/** Whom the requests act as (Impersonate-* headers). */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}
