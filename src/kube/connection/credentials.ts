import { readFile } from 'node:fs/promises';
import { type Clock, FlotillaError } from '../../kernel';
import type { ConnectionOptions } from './connection-options';
import { type ExecCredential, runExecPlugin } from './exec-plugin';
import { withoutUndefined } from './without-undefined';

/** What goes with one request: headers, and the TLS material that its connection must have been opened with. */
export interface Credential {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsMaterial;
}

/** PEM texts of a TLS connection. */
export interface TlsMaterial {
  readonly caPem?: string;
  readonly certificatePem?: string;
  readonly keyPem?: string;
}

/** A projected token is replaced when 80 % of its life, at least 10 minutes, is over; a minute's delay is harmless. */
const FILE_AGE_LIMIT_MS = 60_000;
/** A plug-in's credential is renewed this long before it expires, so that none expires on its way. */
const EXPIRY_MARGIN_MS = 30_000;

interface CachedFile {
  readonly content: string;
  readonly readAtMs: number;
}

/**
 * The current credentials of one cluster. Files are read again after a minute (one that is gone then keeps its last
 * content), a plug-in is run again shortly before its credential expires or when the server refused it; callers at
 * the same moment share one read and one run.
 */
export class Credentials {
  private readonly files = new Map<string, CachedFile>();
  private execCredential: ExecCredential | undefined;
  private gathering: Promise<Credential> | undefined;
  /** The last answer, good until a file is to be read again or a plug-in's credential expires. */
  private known: { readonly credential: Promise<Credential>; readonly untilMs: number } | undefined;
  private newest: Credential | undefined;

  constructor(
    private readonly connection: ConnectionOptions,
    private readonly clock: Clock,
  ) {}

  /** @throws FlotillaError FLO2021 (plug-in) or FLO2022 (file). */
  current(): Promise<Credential> {
    if (this.known !== undefined && this.clock.nowMs() < this.known.untilMs) return this.known.credential;
    this.gathering ??= this.gather().finally(() => (this.gathering = undefined));
    return this.gathering;
  }

  /**
   * The server refused a credential: forgets what can be had anew, unless another request has had it renewed already. False when nothing
   * can be had anew.
   */
  invalidate(refused: Credential | undefined): boolean {
    const { exec, tokenFile, clientCertificateFile } = this.connection;
    const isRenewable = exec !== undefined || tokenFile !== undefined || clientCertificateFile !== undefined;
    if (!isRenewable || (refused !== undefined && refused !== this.newest)) return isRenewable;
    this.known = undefined;
    this.files.clear();
    this.execCredential = undefined;
    return true;
  }

  private async gather(): Promise<Credential> {
    const { connection } = this;
    const caPem = await this.inlineOrFile(connection.caPem, connection.caFile);
    const certificatePem = await this.inlineOrFile(connection.clientCertificatePem, connection.clientCertificateFile);
    const keyPem = await this.inlineOrFile(connection.clientKeyPem, connection.clientKeyFile);
    const exec = await this.fromPlugin(caPem);
    const token = (await this.fromTokenFile()) ?? connection.token ?? exec?.token;
    const credential = {
      headers: { ...authorization(token, connection), ...impersonation(connection) },
      tls: withoutUndefined({
        caPem,
        certificatePem: certificatePem ?? exec?.clientCertificatePem,
        keyPem: keyPem ?? exec?.clientKeyPem,
      }),
    };
    this.newest = credential;
    this.known = { credential: Promise.resolve(credential), untilMs: this.goodUntilMs() };
    return credential;
  }

  private goodUntilMs(): number {
    const files = [...this.files.values()].map(({ readAtMs }) => readAtMs + FILE_AGE_LIMIT_MS);
    const expiresAtMs = this.execCredential?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    return Math.min(expiresAtMs - EXPIRY_MARGIN_MS, ...files);
  }

  private async fromTokenFile(): Promise<string | undefined> {
    const { tokenFile } = this.connection;
    return tokenFile === undefined ? undefined : (await this.read(tokenFile)).trim();
  }

  private async inlineOrFile(pem: string | undefined, name: string | undefined): Promise<string | undefined> {
    return pem ?? (name === undefined ? undefined : this.read(name));
  }

  private async fromPlugin(caPem: string | undefined): Promise<ExecCredential | undefined> {
    const { exec, server, insecureSkipTlsVerify, tlsServerName } = this.connection;
    if (exec === undefined) return undefined;
    const expiresAtMs = this.execCredential?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    if (this.execCredential === undefined || expiresAtMs - EXPIRY_MARGIN_MS <= this.clock.nowMs()) {
      this.execCredential = await runExecPlugin(exec, {
        server,
        ...withoutUndefined({ caPem, insecureSkipTlsVerify, tlsServerName }),
      });
    }
    return this.execCredential;
  }

  private async read(name: string): Promise<string> {
    const cached = this.files.get(name);
    const nowMs = this.clock.nowMs();
    if (cached !== undefined && nowMs - cached.readAtMs < FILE_AGE_LIMIT_MS) return cached.content;
    try {
      const content = await readFile(name, 'utf8');
      this.files.set(name, { content, readAtMs: nowMs });
      return content;
    } catch (cause) {
      if (cached !== undefined) return cached.content;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FlotillaError(`reading the credentials of cluster ${this.connection.cluster} failed: ${why}`, {
        code: 'FLO2022',
        hint: 'check that the file exists and that this process may read it',
        cause,
      });
    }
  }
}

function authorization(token: string | undefined, { username, password }: ConnectionOptions): Record<string, string> {
  if (token !== undefined && token !== '') return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

function impersonation({ impersonate }: ConnectionOptions): Record<string, string | string[]> {
  if (impersonate === undefined) return {};
  return {
    'impersonate-user': impersonate.user,
    ...(impersonate.groups ? { 'impersonate-group': [...impersonate.groups] } : {}),
    ...(impersonate.uid !== undefined ? { 'impersonate-uid': impersonate.uid } : {}),
  };
}
