import { canonicalJson, type Finding } from '../../kernel';
import type { AccessPoint, AccessPointPort, AccessPointSpec } from '../access-point';
import { hostRuleName, issuedGatewayName, primaryName, vipServiceName } from '../render/names';
import { routeKindOf } from '../render/ports';
import { templateKinds, templateName } from '../render/templates';
import { accessPointFinding } from './access-point-finding';
import { fixedAddresses } from './fixed-addresses';

/** One access point as far as it occupies names, hosts and ports. */
export interface Claimant {
  readonly accessPoint: AccessPoint;
  /** The spec as written, when it is valid by itself. */
  readonly wanted: AccessPointSpec | undefined;
  /** The specs that clusters run now, which may differ from what is wanted. */
  readonly released: readonly AccessPointSpec[];
}

interface Claim {
  readonly key: string;
  /** Two claims of one key agree when both are the same shared use, such as plain HTTP on one port of a shared gateway. */
  readonly sharedUse?: string;
  readonly path: string;
  readonly subject: string;
}

/**
 * What of `candidate` belongs to another access point. Who runs something already keeps it; between two that only want it, the
 * older does, then the one whose name sorts first. The finding names the winner.
 */
export function conflictFindings(candidate: Claimant, others: readonly Claimant[]): Finding[] {
  if (candidate.wanted === undefined) return [];
  const mine = claimsOf(candidate.accessPoint, candidate.wanted);
  const running = new Set(
    candidate.released.flatMap((spec) => claimsOf(candidate.accessPoint, spec)).map(({ key }) => key),
  );
  const rivals = others.filter((other) => nameOf(other) !== nameOf(candidate)).sort(byAge);
  return mine.flatMap((claim) => {
    const winner = rivals.find((rival) => beats(rival, candidate, claim, running.has(claim.key)));
    return winner === undefined ? [] : [conflictFinding(candidate.accessPoint, claim, nameOf(winner))];
  });
}

/** Something that an access point claims or runs. */
export interface ClaimKey {
  readonly key: string;
  /** Those who use a key in one shared way do not clash; undefined clashes with everyone. */
  readonly sharedUse: string | undefined;
  readonly isRunning: boolean;
}

/** Everything that an access point claims or runs, sorted. Only those that share a key, and not its use, can be in conflict. */
export function claimKeys({ accessPoint, wanted, released }: Claimant): ClaimKey[] {
  const keysOf = (spec: AccessPointSpec, isRunning: boolean): [string, ClaimKey][] =>
    claimsOf(accessPoint, spec).map(({ key, sharedUse }) => [
      `${key} ${sharedUse ?? ''} ${isRunning}`,
      { key, sharedUse, isRunning },
    ]);
  const all = [
    ...(wanted === undefined ? [] : keysOf(wanted, false)),
    ...released.flatMap((spec) => keysOf(spec, true)),
  ];
  return [...new Map(all)].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, claim]) => claim);
}

function beats(rival: Claimant, candidate: Claimant, claim: Claim, running: boolean): boolean {
  const clashes = (spec: AccessPointSpec): boolean =>
    claimsOf(rival.accessPoint, spec).some((other) => clash(other, claim));
  const rivalRuns = rival.released.some(clashes);
  if (rivalRuns !== running) return rivalRuns;
  if (!rivalRuns && !(rival.wanted !== undefined && clashes(rival.wanted))) return false;
  return byAge(rival, candidate) < 0;
}

function clash(left: Claim, right: Claim): boolean {
  return left.key === right.key && (left.sharedUse === undefined || left.sharedUse !== right.sharedUse);
}

function claimsOf(accessPoint: AccessPoint, spec: AccessPointSpec): Claim[] {
  return [...hostClaims(spec), ...portClaims(spec), ...addressClaims(spec), ...nameClaims(accessPoint, spec)];
}

/** An address leads to one access point only, whoever writes it out. Those of pools are given out once by themselves. */
function addressClaims(spec: AccessPointSpec): Claim[] {
  return fixedAddresses(spec).map(({ address, scope, path }) => ({
    key: `address ${scope === 'Mesh' ? spec.mesh : ''} ${address}`,
    path,
    subject: `address ${address}`,
  }));
}

/** A host is one service of its mesh with one DestinationRule, so it is claimed as a whole, whatever the ports. */
function hostClaims({ mesh, hosts }: AccessPointSpec): Claim[] {
  return hosts.map((host, index) => ({
    key: `host ${mesh} ${host}`,
    path: `spec.hosts[${index}]`,
    subject: `host ${host}`,
  }));
}

/** HTTP ports are shared by host and TLS ports by SNI; a TCP port of a gateway serves one access point only. */
function portClaims({ mesh, ports, gateway }: AccessPointSpec): Claim[] {
  return ports.map((port, index) => {
    const sharedUse = sharedUseOf(port);
    return {
      key: `port ${mesh} ${canonicalJson(gateway.selector)} ${port.number}`,
      ...(sharedUse === undefined ? {} : { sharedUse }),
      path: `spec.ports[${index}].number`,
      subject: `gateway port ${port.number}`,
    };
  });
}

function sharedUseOf(port: AccessPointPort): string | undefined {
  if (port.tls !== undefined) return 'TLS';
  return routeKindOf(port) === 'http' ? 'HTTP' : undefined;
}

function nameClaims(accessPoint: AccessPoint, spec: AccessPointSpec): Claim[] {
  const { name, namespace = 'default' } = accessPoint.metadata;
  const claim = (kind: string, object: string, path: string): Claim => ({
    key: `object ${kind} ${namespace}/${object}`,
    path,
    subject: `${kind} ${namespace}/${object}`,
  });
  return [
    claim('Service', spec.backend.service.name, 'spec.backend.service.name'),
    claim('Service', vipServiceName(name), 'metadata.name'),
    claim('Gateway', primaryName(name), 'metadata.name'),
    claim('Gateway', issuedGatewayName(name), 'metadata.name'),
    ...templateKinds.flatMap(({ kind, list }) =>
      (spec.traffic?.[list] ?? []).map((template, index) =>
        claim(kind, templateName(template, name), `spec.traffic.${list}[${index}]`),
      ),
    ),
    ...spec.hosts
      .slice(1)
      .map((host, index) => claim('DestinationRule', hostRuleName(name, host), `spec.hosts[${index + 1}]`)),
  ];
}

function conflictFinding(accessPoint: AccessPoint, claim: Claim, winner: string): Finding {
  return accessPointFinding(accessPoint, {
    code: 'FLO3009',
    path: claim.path,
    message: `${claim.subject} belongs to access point ${winner}`,
    hint: 'choose another, or delete that access point; this one then takes over by itself',
  });
}

function nameOf({ accessPoint: { metadata } }: Claimant): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}

function byAge(left: Claimant, right: Claimant): number {
  const created = (claimant: Claimant): string => claimant.accessPoint.metadata.creationTimestamp ?? '';
  const keys = [`${created(left)} ${nameOf(left)}`, `${created(right)} ${nameOf(right)}`] as const;
  return keys[0] < keys[1] ? -1 : keys[0] > keys[1] ? 1 : 0;
}
