import { FlotillaError } from '../kernel';

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Reads `host:port`, IPv6 in brackets. @throws FlotillaError FLO4111 when it is something else */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new FlotillaError(`cannot listen on "${text}": it is not host:port`, {
      code: 'FLO4111',
      retry: 'never',
      hint: 'write for example 127.0.0.1:15010',
    });
  }
  return { host, port };
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\./.test(host);
}

/** Plaintext carries keys and lets anybody be anyone, so it stays on this machine. @throws FlotillaError FLO4112 */
export function requireLoopback({ host, port }: ListenAddress): void {
  if (isLoopback(host)) return;
  throw new FlotillaError(`refusing to serve xDS in plaintext on ${host}:${port}: it is not a loopback address`, {
    code: 'FLO4112',
    retry: 'never',
    hint: 'listen on 127.0.0.1, and give other machines the TLS port',
  });
}
