import type { AccessPointDestination } from '../schema/routes';

/** Destination of Istio's VirtualService with what was left out filled in: the access point's own host, and the port that was asked for. */
export function ownDestination(given: AccessPointDestination, host: string, port: number | undefined): unknown {
  const { host: givenHost = host, ...rest } = given ?? {};
  const defaultPort = givenHost === host && port !== undefined ? { port: { number: port } } : {};
  return { host: givenHost, ...defaultPort, ...rest };
}

/** Whether the port of a destination depends on which port was asked for. */
export function needsPort(given: AccessPointDestination, host: string): boolean {
  return (given?.host === undefined || given.host === host) && given?.port === undefined;
}
