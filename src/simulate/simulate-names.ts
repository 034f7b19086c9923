import type { ZoneName } from '../kernel';
import { namespacedName } from '../kube/schema';
import { type AnswerName, memberShares, type NameService } from '../nameservice';
import { type ClientShares, clientShares } from './client-shares';
import { nameWarnings } from './name-warnings';
import { failingOf, lossWarnings, rows, type ShareTable, tableOf } from './share-table';
import type { SimulatedFleet } from './simulated-fleet';
import type { SimulatedHost } from './simulated-host';
import type { World } from './worlds';
import { grpcProxy, sidecarProxy } from './zone-clients';

/** What DNS tells in one client zone, and where its requests within the mesh go. */
interface NameClient {
  readonly zone: ZoneName;
  readonly answers: AnswerName | undefined;
  readonly intervalSeconds: number;
  readonly envoy: ClientShares | undefined;
  readonly grpc: ClientShares | undefined;
}

/**
 * The global names, for clients that ask DNS and for clients within the mesh: both after the one verdict that a zone makes about members.
 * @param accessHosts where the gateways send the requests that DNS brings them
 */
export function simulateNames(
  worlds: readonly World[],
  fleet: SimulatedFleet,
  accessHosts: readonly SimulatedHost[],
): readonly SimulatedHost[] {
  return fleet.hub.nameServices.flatMap((service) => {
    const clients = worlds.map((world) => clientOf(service, world));
    return clients.some(({ answers }) => answers !== undefined) ? [hostOf(service, clients, accessHosts)] : [];
  });
}

function clientOf(service: NameService, { view, models }: World): NameClient {
  const { zone, dead, names, primary } = view;
  const { answers, intervalSeconds = 0 } = names.get(namespacedName(service)) ?? {};
  const model = models.get(service.spec?.mesh ?? '');
  const [port] = answers?.ports ?? [];
  if (answers === undefined || model === undefined || port === undefined) {
    return { zone, answers, intervalSeconds, envoy: undefined, grpc: undefined };
  }
  const question = { model, clusterName: `outbound|${port.number}||${answers.fqdn}`, dead, primary };
  const envoy = clientShares({ ...question, proxy: sidecarProxy(service, view) });
  const grpc = clientShares({ ...question, proxy: grpcProxy(service, view) });
  return { zone, answers, intervalSeconds, envoy, grpc };
}

function hostOf(
  service: NameService,
  clients: readonly NameClient[],
  accessHosts: readonly SimulatedHost[],
): SimulatedHost {
  const shares = rows(tableOf(clients.map(({ zone, envoy }) => [zone, envoy])));
  const dnsShares = rows(new Map(clients.map((client) => [client.zone, told(client)])));
  const endToEndShares = rows(new Map(clients.map((client) => [client.zone, arriving(client, accessHosts)])));
  return {
    host: clients.flatMap(({ answers }) => answers?.fqdn ?? [])[0] ?? '',
    nameService: namespacedName(service),
    shares,
    grpcShares: rows(tableOf(clients.map(({ zone, grpc }) => [zone, grpc]))),
    ...{ dnsShares, endToEndShares },
    failing: failingOf(clients.map(({ zone, envoy }) => [zone, envoy])),
    warnings: [
      ...clients.flatMap(({ zone, envoy }) => lossWarnings(zone, envoy)),
      ...nameWarnings(service, { shares, dnsShares, endToEndShares }, clients[0]?.intervalSeconds ?? 0),
    ],
  };
}

/** Zone whose gateways are told, or name elsewhere → share of the answers. */
function told({ zone, answers }: NameClient): ReadonlyMap<string, number> {
  return sum(answers === undefined ? [] : memberShares(answers, zone).map(({ place, share }) => [place, share]));
}

/** Where requests end up that came by DNS: the gateways of a zone share them out as the target's access point says. */
function arriving({ zone, answers }: NameClient, accessHosts: readonly SimulatedHost[]): ReadonlyMap<string, number> {
  if (answers === undefined) return new Map();
  return sum(
    memberShares(answers, zone).flatMap(({ target, place, share }): [string, number][] => {
      const onward: ShareTable[string] | undefined = accessHosts.find(({ accessPoint }) => accessPoint === target)
        ?.shares[place];
      if (onward === undefined) return [[place, share]];
      return Object.entries(onward).map(([to, part]) => [to, part * share]);
    }),
  );
}

function sum(parts: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const [place, part] of parts) total.set(place, (total.get(place) ?? 0) + part);
  return total;
}
