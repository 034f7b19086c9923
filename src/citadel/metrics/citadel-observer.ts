/** What a certificate was issued for. */
export type CertificateUse = 'workload' | 'gateway' | 'server';

/** Told what citadel does; for metrics. */
export interface CitadelObserver {
  /** A workload asked for a certificate. */
  asked(): void;
  issued(use: CertificateUse): void;
  /** A workload was refused, by error code. */
  refused(code: string): void;
}

/** Listens to nothing. */
export const silentCitadelObserver: CitadelObserver = {
  asked: () => undefined,
  issued: () => undefined,
  refused: () => undefined,
};
