import type { AccessPointPort } from '../access-point';
import type { AccessPointDestination, AccessPointHttpRoute } from '../schema/routes';
import { needsPort, ownDestination } from './own-destination';

/**
 * `http` of a VirtualService. Routes of the user keep their order. One whose destination depends on the port that was asked for is written once for
 * each port, because a destination names its port; its matches are narrowed to that port.
 */
export function httpRoutes(
  own: readonly AccessPointHttpRoute[] | undefined,
  ports: readonly AccessPointPort[],
  host: string,
): unknown[] {
  if (own === undefined) {
    return ports.map(({ name, number }) => ({
      name,
      match: [{ port: number }],
      route: [{ destination: ownDestination(undefined, host, number) }],
    }));
  }
  return own.flatMap((route) => {
    const perPort = ports.length > 1 && destinationsOf(route).some((destination) => needsPort(destination, host));
    if (!perPort) return [completed(route, host, ports[0]?.number)];
    return ports.flatMap((port) => narrowed(route, port, host));
  });
}

/** The route for one port, or nothing when none of its matches is about that port. */
function narrowed(route: AccessPointHttpRoute, port: AccessPointPort, host: string): unknown[] {
  const match = (route.match ?? [{}])
    .filter((condition) => condition.port === undefined || condition.port === port.number)
    .map((condition) => ({ ...condition, port: port.number }));
  if (match.length === 0) return [];
  const name = route.name === undefined ? {} : { name: `${route.name}-${port.name}` };
  return [{ ...completed(route, host, port.number), ...name, match }];
}

function completed(route: AccessPointHttpRoute, host: string, port: number | undefined): object {
  const { route: destinations, mirror, mirrors, ...rest } = route;
  const completeAll = <T extends { destination?: AccessPointDestination }>(list: readonly T[]): unknown[] =>
    list.map((entry) => ({ ...entry, destination: ownDestination(entry.destination, host, port) }));
  const answered = route.redirect ?? route.directResponse ?? route.delegate;
  const leads = destinations ?? (answered === undefined ? [{}] : undefined);
  return {
    ...rest,
    ...(leads === undefined ? {} : { route: completeAll(leads) }),
    ...(mirror === undefined ? {} : { mirror: ownDestination(mirror, host, port) }),
    ...(mirrors === undefined ? {} : { mirrors: completeAll(mirrors) }),
  };
}

function destinationsOf(route: AccessPointHttpRoute): AccessPointDestination[] {
  const answered = route.redirect ?? route.directResponse ?? route.delegate;
  const leads = route.route?.map(({ destination }) => destination) ?? (answered === undefined ? [undefined] : []);
  const mirrored = (route.mirrors ?? []).map(({ destination }) => destination);
  return [...leads, ...mirrored, ...(route.mirror === undefined ? [] : [route.mirror])];
}
