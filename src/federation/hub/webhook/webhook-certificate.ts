import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createKey, createRoot, DAY_MS, issueLeaf } from '../../../citadel';
import { type Clock, FlotillaError, type Logger, type Stop, toFlotillaError } from '../../../kernel';

/** The authority is made anew at every start, so its life only has to outlast the process. */
const CERTIFICATE_DAYS = 3650;

/** Mounted Secrets change under the process; a minute late is early enough. */
const LOOK_AGAIN_MS = 60_000;

/** What a webhook serves with, in PEM. */
export interface WebhookCertificate {
  readonly keyPem: string;
  readonly chainPem: string;
  /** Authority to trust it by, where it was made here. */
  readonly caPem?: string;
}

/** Reads `tls.crt` and `tls.key`. @throws FlotillaError FLO3104 */
export async function readCertificate(folder: string): Promise<WebhookCertificate> {
  try {
    const [chainPem, keyPem] = await Promise.all(
      ['tls.crt', 'tls.key'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    return { chainPem: chainPem ?? '', keyPem: keyPem ?? '' };
  } catch (cause) {
    throw new FlotillaError(
      `cannot read the certificate of the webhook in ${folder}: ${toFlotillaError(cause).message}`,
      {
        code: 'FLO3104',
        hint: 'mount a Secret of type kubernetes.io/tls there',
        cause,
      },
    );
  }
}

/** Serves what the folder holds from now on; what cannot be read or used leaves things as they are. */
export function followCertificate(
  server: Pick<Server, 'setSecureContext'>,
  folder: string,
  first: WebhookCertificate,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Stop {
  let current = first;
  let stop: Stop = () => undefined;
  const look = async (): Promise<void> => {
    const next = await readCertificate(folder);
    if (next.chainPem === current.chainPem) return;
    server.setSecureContext({ key: next.keyPem, cert: next.chainPem });
    current = next;
    logger.info('the certificate of the webhook was renewed', { folder });
  };
  const again = (): void => {
    stop = clock.after(LOOK_AGAIN_MS, () => {
      again();
      look().catch((cause: unknown) => {
        const { code, message } = toFlotillaError(cause);
        logger.warn('the renewed certificate of the webhook cannot be used', { code, reason: message });
      });
    });
  };
  again();
  return () => stop();
}

/** Makes an authority and a certificate for one host. */
export async function makeCertificate(host: string, nowMs: number): Promise<WebhookCertificate> {
  const root = await createRoot({
    trustDomain: 'webhook.flotilla.dev',
    algorithm: 'EcdsaP256',
    lifetimeDays: CERTIFICATE_DAYS,
    nowMs,
  });
  const keyPem = await createKey('EcdsaP256');
  const identity = isIP(host) === 0 ? { dnsNames: [host] } : { dnsNames: [], ipAddresses: [host] };
  const signer = { keyPem: root.keyPem, chainPem: root.certificatePem };
  const lifetimeMs = CERTIFICATE_DAYS * DAY_MS;
  const chainPem = await issueLeaf({ signer, publicKey: createPublicKey(keyPem), identity, lifetimeMs, nowMs });
  return { keyPem, chainPem, caPem: root.certificatePem };
}
