import type { MeshSpec } from '../../federation/api';
import { type Clock, type Logger, type Stop, toFlotillaError } from '../../kernel';
import { firstCertificate, notAfterMs } from '../authority';
import type { CitadelObserver } from '../metrics/citadel-observer';
import type { Issuer } from '../intermediate/decide-intermediate';
import { issueServerCertificate, type ServerCertificate } from './server-certificate';

/** What keeping a server certificate takes. */
export interface ServerCertificateKeeperOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meshSpec: () => MeshSpec;
  /** Addresses that the server listens on. */
  readonly ipAddresses: readonly string[];
  readonly issuer: () => Issuer | undefined;
  readonly observer?: CitadelObserver;
}

const HOUR_MS = 60 * 60 * 1000;
const RETRY_MS = 10_000;

/** The primary's own TLS certificate: issued when there is an issuer, again after half of its life, and when the issuer changes. */
export class ServerCertificateKeeper {
  private readonly listeners = new Set<() => void>();
  private issued: ServerCertificate | undefined;
  private issuedBy: string | undefined;
  private stopTimer: Stop = () => undefined;
  private isStopped = false;

  constructor(private readonly options: ServerCertificateKeeperOptions) {}

  /** undefined while nothing could be issued. */
  get current(): ServerCertificate | undefined {
    return this.issued;
  }

  /** Tells when `current` is another one. */
  onChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Issues if there is a new issuer. A failure is logged and tried again. */
  async refresh(): Promise<void> {
    const issuer = this.options.issuer();
    if (issuer === undefined || stampOf(issuer) === this.issuedBy || this.isStopped) return;
    await this.issue(issuer);
  }

  stop(): void {
    this.isStopped = true;
    this.stopTimer();
  }

  private async issue(issuer: Issuer): Promise<void> {
    const { clock, logger, meshSpec, ipAddresses } = this.options;
    const { ca, rootNamespace } = meshSpec();
    const nowMs = clock.nowMs();
    const lifetimeMs = ca.leafLifetimeHours * HOUR_MS;
    this.issuedBy = stampOf(issuer);
    try {
      const { algorithm } = ca;
      this.issued = await issueServerCertificate({ issuer, algorithm, rootNamespace, ipAddresses, lifetimeMs, nowMs });
      const endsMs = notAfterMs(firstCertificate(this.issued.certificateChain));
      this.options.observer?.issued('server');
      this.again((endsMs - nowMs) / 2);
      for (const listener of this.listeners) listener();
    } catch (cause) {
      const { code, message } = toFlotillaError(cause);
      logger.error('the certificate of the TLS port cannot be issued', { code, reason: message });
      this.again(RETRY_MS);
    }
  }

  private again(delayMs: number): void {
    this.stopTimer();
    if (this.isStopped) return;
    this.stopTimer = this.options.clock.after(Math.max(delayMs, RETRY_MS), () => {
      this.issuedBy = undefined;
      void this.refresh();
    });
  }
}

/** What a certificate depends on. */
function stampOf({ chainPem, trustPem }: Issuer): string {
  return `${chainPem}${trustPem}`;
}
