import { addressesIn, isHeadless, type MeshModel, type MeshService, type Proxy } from '../../model';
import { alternativeHosts } from './alternative-hosts';

/** One domain of a virtual host; a short form gives way to a full name. */
export interface Domain {
  readonly text: string;
  readonly short: boolean;
}

/**
 * The domains by which a proxy may call a service: its name with and without the closing dot, what the proxy's resolver makes
 * into it, the same of its aliases, every pod of a headless Service, and its virtual addresses.
 */
export function serviceDomains(service: MeshService, model: MeshModel, proxy: Proxy): readonly Domain[] {
  const aliases = model.services.aliasesOf(service.hostname, proxy.namespace);
  const names = [service, ...aliases].flatMap(({ hostname }) => namesOf(hostname, proxy));
  const pods = isHeadless(service) ? names.map(({ text, short }) => ({ text: `*.${text}`, short })) : [];
  const addresses = addressesIn(service, proxy.clusterId)
    .filter((address) => !address.includes('/'))
    .map((address) => ({ text: address.includes(':') ? `[${address}]` : address, short: false }));
  return [...names, ...pods, ...addresses];
}

function namesOf(hostname: string, { dnsDomain }: Proxy): readonly Domain[] {
  return [
    { text: hostname, short: false },
    { text: `${hostname}.`, short: false },
    ...alternativeHosts(hostname, dnsDomain).map((text) => ({ text, short: true })),
  ];
}
