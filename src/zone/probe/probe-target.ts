import { isIPv6 } from 'node:net';
import type { ProbeOutcome, ProbeThresholds } from './health-state';

/** How often one target is looked at, and what its outcomes mean. */
export interface ProbeSchedule {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly thresholds: ProbeThresholds;
}

/** One thing to probe. */
export interface ProbeTarget {
  /** IP address or name. */
  readonly address: string;
  readonly port: number;
  /** TCP when left out. */
  readonly protocol?: 'TCP' | 'HTTP' | 'HTTPS' | 'GRPC';
  /** Of HTTP, with its slash; for gRPC the name of the service that is asked about, without it the whole server. */
  readonly path?: string;
  /** What is asked for: Host, SNI and :authority; the address when left out. */
  readonly serverName?: string;
  /** The prober's own when left out. */
  readonly schedule?: ProbeSchedule;
}

/** Tries one target; settles with an outcome, never with an error, and soon after the signal aborts. */
export type Probe = (target: ProbeTarget, timeoutMs: number, signal: AbortSignal) => Promise<ProbeOutcome>;

/** Two targets with one key are the same, and share one probe. */
export function probeKey({ protocol = 'TCP', address, port, path, serverName, schedule }: ProbeTarget): string {
  const { intervalMs, timeoutMs, thresholds } = schedule ?? {};
  const rhythm = [intervalMs, timeoutMs, thresholds?.healthyAfter, thresholds?.unhealthyAfter];
  return [protocol, address, port, path, serverName, ...rhythm].join(' ');
}

/** `host:port`, an IPv6 address in brackets. */
export function hostAndPort({ address, port }: ProbeTarget): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
