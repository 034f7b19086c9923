import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { ProbeOutcome } from './health-state';
import { hostAndPort, type Probe, type ProbeTarget } from './probe-target';

/**
 * One GET over HTTP/1.1. As Kubernetes' own probes do it, 200 to 399 is alive, redirects are not followed, and certificates are not
 * verified: whether they can be trusted is for those who send more than a probe.
 */
export const probeByHttp: Probe = (target, timeoutMs, signal) =>
  new Promise((resolve) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = send(target, deadline);
    const url = `${target.protocol === 'HTTPS' ? 'https' : 'http'}://${hostAndPort(target)}${target.path ?? '/'}`;
    const end = (outcome: ProbeOutcome): void => {
      request.destroy();
      resolve(outcome);
    };
    request.once('response', (response: IncomingMessage) => {
      const { statusCode = 0 } = response;
      const ok = statusCode >= 200 && statusCode < 400;
      end(ok ? { ok } : { ok, message: `GET ${url} answered ${statusCode}` });
    });
    request.on('error', (error) => {
      const late = deadline.aborted && !signal.aborted;
      end({ ok: false, message: late ? `GET ${url}: no answer in ${timeoutMs} ms` : `GET ${url}: ${error.message}` });
    });
    request.end();
  });

function send(target: ProbeTarget, signal: AbortSignal): ReturnType<typeof httpRequest> {
  const { address, port, path = '/', serverName } = target;
  const headers = {
    host: serverName ?? hostAndPort(target),
    'user-agent': 'flotilla-health-check',
    connection: 'close',
  };
  const common = { host: address, port, path, headers, signal, agent: false } as const;
  if (target.protocol !== 'HTTPS') return httpRequest(common);
  // RFC 6066 §3: an SNI is a name, never an address.
  const sni = serverName !== undefined && isIP(serverName) === 0 ? { servername: serverName } : {};
  return httpsRequest({ ...common, ...sni, rejectUnauthorized: false });
}
