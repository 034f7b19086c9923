import { Counter, Gauge, type Registry } from 'prom-client';
import { firstCertificate, notAfterMs, splitPem } from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';
import type { CertificateUse, CitadelObserver } from './citadel-observer';

/** Citadel's Prometheus metrics; names as istiod's where they mean the same. */
export class CitadelMetrics implements CitadelObserver {
  private readonly requests: Counter;
  private readonly certificates: Counter<'use'>;
  private readonly refusals: Counter<'code'>;

  /** @param issuer the authority that issues now, read when scraped */
  constructor(registry: Registry, issuer: () => Issuer | undefined) {
    const registers = [registry];
    this.requests = new Counter({
      ...{ name: 'citadel_server_csr_count', help: 'Certificates that workloads asked for', registers },
    });
    this.certificates = new Counter({
      ...{ name: 'citadel_server_success_cert_issuance_count', help: 'Certificates issued', registers },
      labelNames: ['use'],
    });
    this.refusals = new Counter({
      ...{ name: 'flotilla_citadel_refusals_total', help: 'Workloads refused, by error code', registers },
      labelNames: ['code'],
    });
    expiry(registry, 'citadel_server_cert_chain_expiry_timestamp', 'When the intermediate ends', () => {
      const chainPem = issuer()?.chainPem;
      return chainPem === undefined ? undefined : notAfterMs(firstCertificate(chainPem));
    });
    expiry(registry, 'citadel_server_root_cert_expiry_timestamp', 'When the first of the trusted roots ends', () => {
      const ends = splitPem(issuer()?.trustPem ?? '').map((root) => notAfterMs(firstCertificate(root)));
      return ends.length === 0 ? undefined : Math.min(...ends);
    });
  }

  asked(): void {
    this.requests.inc();
  }

  issued(use: CertificateUse): void {
    this.certificates.inc({ use });
  }

  refused(code: string): void {
    this.refusals.inc({ code });
  }
}

/** A time in seconds since the epoch; no sample while there is none. */
function expiry(registry: Registry, name: string, help: string, readMs: () => number | undefined): void {
  const collect = (): void => {
    const endsMs = readMs();
    gauge.reset();
    gauge.remove();
    if (endsMs !== undefined) gauge.set(endsMs / 1000);
  };
  const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect });
}
