import { probeByGrpc } from './grpc-health';
import { probeByHttp } from './http-get';
import type { Probe } from './probe-target';
import { probeByTcp } from './tcp-connect';

/** Probes a target in the way that it names. */
export const probeByProtocol: Probe = (target, timeoutMs, signal) => {
  switch (target.protocol) {
    case 'HTTP':
    case 'HTTPS':
      return probeByHttp(target, timeoutMs, signal);
    case 'GRPC':
      return probeByGrpc(target, timeoutMs, signal);
    default:
      return probeByTcp(target, timeoutMs, signal);
  }
};
