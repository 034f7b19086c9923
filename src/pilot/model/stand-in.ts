import { apportion } from './apportion';
import type { Endpoint } from './endpoint';
import type { MeshService, UnreadyEndpoint } from './service';

/** One endpoint as it is written, and the Service (`namespace/name`) whose endpoints may come in its place. */
export interface StandIn {
  readonly endpoint: Endpoint;
  readonly endpointsOf?: string;
}

type Services = ReadonlyMap<string, MeshService>;

/** Endpoints that share one weight. */
interface Share {
  readonly weight: number;
  readonly endpoints: readonly Endpoint[];
}

/**
 * Puts the ready endpoints of Services in the place of the entries that stand for them. They share the entry's weight exactly, so that the
 * proportion of two entries never depends on how many endpoints either has. An entry whose Service has nothing ready takes no part
 * while any other does; its address is better than nothing. Where nothing is known of the Service or its port, the address stays.
 */
export function withServiceEndpoints(entries: readonly StandIn[], services: Services): readonly Endpoint[] {
  const written = entries.map(({ endpoint }) => endpoint);
  if (entries.every((entry) => serviceOf(entry, services) === undefined)) return written;
  const shares = sharesOf(entries, services).filter(({ endpoints }) => endpoints.length > 0);
  if (shares.length === 0) return written;
  const weights = apportion(
    shares.map(({ weight, endpoints }) => ({ share: weight, weights: endpoints.map(({ weight: own }) => own) })),
  );
  return shares.flatMap(({ endpoints }, share) =>
    endpoints.map((endpoint, index) => ({ ...endpoint, weight: weights[share]?.[index] ?? 1 })),
  );
}

/** Entries that stand for one Service in one place, such as the addresses of its clusters, are one share. */
function sharesOf(entries: readonly StandIn[], services: Services): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const [index, entry] of entries.entries()) {
    const { endpoint, endpointsOf = '' } = entry;
    const service = serviceOf(entry, services);
    const { region, zone, subzone = '' } = endpoint.locality;
    const key = service ? `${endpointsOf}|${endpoint.port}|${region}/${zone}/${subzone}` : `${index}`;
    const known = shares.get(key);
    if (known) shares.set(key, { ...known, weight: known.weight + endpoint.weight });
    else shares.set(key, { weight: endpoint.weight, endpoints: service ? inPlaceOf(endpoint, service) : [endpoint] });
  }
  return [...shares.values()];
}

/** The Service that an entry stands for, when it has the entry's port, and anything is known of its endpoints. */
function serviceOf({ endpoint, endpointsOf }: StandIn, services: Services): MeshService | undefined {
  const service = endpointsOf === undefined ? undefined : services.get(endpointsOf);
  return service?.endpointsKnown && service.endpoints.has(endpoint.port) ? service : undefined;
}

/** What the Service's slices say is ready. A selector also picks WorkloadEntries, such as other zones' addresses: these are somewhere else. */
function inPlaceOf(entry: Endpoint, service: MeshService): readonly Endpoint[] {
  const { member, port } = entry;
  const ready = (service.endpoints.get(port) ?? []).filter(({ health }) => health === 'HEALTHY');
  const endpoints = ready.map((endpoint) => placedLike(endpoint, entry));
  return member === undefined ? endpoints : endpoints.map((endpoint) => ({ ...endpoint, member }));
}

/** The entry says where its part of the traffic goes; a Pod in that zone can only say it more exactly. */
function placedLike<T extends UnreadyEndpoint>(endpoint: T, { locality }: Endpoint): T {
  const { region, zone, subzone } = locality;
  const own = endpoint.locality;
  const within = own.region === region && own.zone === zone && subzone === undefined;
  return (region === '' && zone === '') || within ? endpoint : { ...endpoint, locality };
}

/**
 * What takes no part and is meant to: whatever is not ready behind the Services that entries stand for, and all that is behind the entries
 * that were taken out, or these themselves where they stand for no Service.
 */
export function unreadyBehind(
  entries: { readonly standing: readonly StandIn[]; readonly takenOut: readonly StandIn[] },
  services: Services,
): readonly UnreadyEndpoint[] {
  const seen = new Set<string>();
  const behind = (entry: StandIn, takenOut: boolean): readonly UnreadyEndpoint[] => {
    const { endpoint, endpointsOf } = entry;
    const service = serviceOf(entry, services);
    if (!service) return takenOut ? [endpoint] : [];
    const key = `${endpointsOf}|${endpoint.port}|${endpoint.locality.region}/${endpoint.locality.zone}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const unready = service.unready(endpoint.port).map((one) => placedLike(one, endpoint));
    return takenOut ? [...inPlaceOf(endpoint, service), ...unready] : unready;
  };
  return [
    ...entries.standing.flatMap((entry) => behind(entry, false)),
    ...entries.takenOut.flatMap((entry) => behind(entry, true)),
  ];
}
