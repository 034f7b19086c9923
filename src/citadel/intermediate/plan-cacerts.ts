import { labels } from '../../federation/api';
import type { Secret } from '../../istio';
import { splitPem } from '../authority';
import { ISSUER, ISSUER_LABEL, isOurs } from '../gateway/plan-gateway-certificates';
import type { Issuer } from './decide-intermediate';

/** Name of the Secret that an upstream istiod takes a plugged-in authority from. */
export const CACERTS = 'cacerts';

/** What to do about `cacerts`. */
export type CacertsPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'write'; readonly secret: Secret }
  /** Somebody else plugged an authority in; it is not ours to replace. */
  | { readonly kind: 'foreign' };

/** Decides whether an upstream istiod in this namespace needs to be given the zone's intermediate. */
export function planCacerts(namespace: string, issuer: Issuer, found: Secret | undefined): CacertsPlan {
  if (found !== undefined && !isOurs(found)) return { kind: 'foreign' };
  const data = cacertsData(issuer);
  const isSame = found !== undefined && Object.entries(data).every(([field, value]) => found.data?.[field] === value);
  if (isSame) return { kind: 'keep' };
  const { resourceVersion } = found?.metadata ?? {};
  return {
    kind: 'write',
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...{ name: CACERTS, namespace },
        labels: { [labels.managedBy]: 'flotilla', [ISSUER_LABEL]: ISSUER },
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      type: 'Opaque',
      data,
    },
  };
}

/** The fields that istiod reads: its certificate, its key, the way to the root, and whom to trust. */
function cacertsData({ keyPem, chainPem, trustPem }: Issuer): Readonly<Record<string, string>> {
  return {
    'ca-cert.pem': encode(splitPem(chainPem)[0] ?? ''),
    'ca-key.pem': encode(keyPem),
    'cert-chain.pem': encode(chainPem),
    'root-cert.pem': encode(trustPem),
  };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
