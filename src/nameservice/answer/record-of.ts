import type { AccessPointPort, MeshIntentSpec } from '../../accesspoint';
import type { NameCheck, NameMember, NameRecord } from '../record';
import type { AnswerName } from './name-table';
import type { NameIntent, TargetIntent } from './name-intent';
import type { FleetGeography, TargetFacts, TargetZone } from './target-facts';

/** What a record is made from: frozen intent, and facts of this moment. */
export interface RecordInput {
  /** `namespace/name` of the NameService. */
  readonly owner: string;
  readonly intent: NameIntent;
  readonly mesh: Pick<MeshIntentSpec, 'locality'>;
  readonly facts: TargetFacts;
  readonly geography: FleetGeography;
}

/** How often is looked when the NameService does not say. */
const SCHEDULE = { intervalSeconds: 5, timeoutSeconds: 2, failureThreshold: 3, successThreshold: 1 };

/** Everything about a name as a zone needs it. Pure: the same intent and facts give the same record. */
export function nameRecordOf({ owner, intent, mesh, facts, geography }: RecordInput): NameRecord {
  const { fqdn, provider, ttlSeconds, dnsPolicy, healthCheck } = intent;
  const { intervalSeconds, timeoutSeconds, failureThreshold, successThreshold } = healthCheck ?? SCHEDULE;
  return {
    ...{ owner, fqdn, provider, ttlSeconds, policy: dnsPolicy, localPercent: mesh.locality.localPercent },
    nearest: mutable(geography.nearest),
    networks: mutable(geography.networks),
    ports: intent.ports.map(({ name, number }) => ({ name, number, transport: 'tcp' as const })),
    schedule: { intervalSeconds, timeoutSeconds, failureThreshold, successThreshold },
    members: intent.targets.flatMap((target) => membersOf(target, intent, facts)),
    former: [],
  };
}

function mutable(lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, [...list]]));
}

function membersOf(target: TargetIntent, intent: NameIntent, facts: TargetFacts): NameMember[] {
  const { id, ratio, accessPoint } = target;
  if (accessPoint === undefined) {
    const entrance = entranceOf(id, intent, intent.ports[0]);
    return [
      { id, target: id, ratio, addresses: [], alias: id, mesh: [id], tiers: [], ...(entrance ? { entrance } : {}) },
    ];
  }
  return (facts[id] ?? []).flatMap((zone) => {
    const member = zoneMember(target, zone, intent);
    return member.addresses.length + member.mesh.length === 0 ? [] : [member];
  });
}

function zoneMember({ id, ratio, accessPoint }: TargetIntent, at: TargetZone, intent: NameIntent): NameMember {
  const direct = intent.meshTraffic === 'Direct';
  const [port] = accessPoint?.ports ?? [];
  const [gateway] = at.gateways;
  const entrance = gateway === undefined ? undefined : entranceOf(gateway, intent, port);
  const tiers = port === undefined || !direct ? [] : at.vips.map((address) => tcpCheck(address, port.number));
  return {
    ...{ id: `${id}@${at.zone}`, target: id, ratio, zone: at.zone, addresses: [...at.gateways] },
    mesh: direct ? [...at.vips] : [...at.gateways],
    tiers,
    ...(entrance === undefined ? {} : { entrance }),
    ...(at.drainedUntil === undefined ? {} : { drainedUntil: at.drainedUntil }),
  };
}

/** The check of a way in: as the NameService says, else whether its first port can be connected to. */
function entranceOf(
  address: string,
  { healthCheck }: NameIntent,
  port: AccessPointPort | undefined,
): NameCheck | undefined {
  if (healthCheck !== undefined) {
    const { protocol, path } = healthCheck;
    return { protocol, address, port: healthCheck.port, ...(path === undefined ? {} : { path }) };
  }
  return port === undefined ? undefined : tcpCheck(address, port.number);
}

function tcpCheck(address: string, port: number): NameCheck {
  return { protocol: 'TCP', address, port };
}

/**
 * A record as DNS answers it. Members that are on their way out of the mesh, or that have no address to tell, are no answers.
 * @param serves whether a member takes part, by its id
 */
export function answerNameOf(record: NameRecord, serves: (id: string) => boolean): AnswerName {
  const { fqdn, ttlSeconds, policy, ports, localPercent, nearest, owner } = record;
  const told = record.members.filter(
    ({ leavesAt, addresses, alias }) => leavesAt === undefined && (addresses.length > 0 || alias !== undefined),
  );
  const members = told.map(({ id, target, ratio, zone, addresses, alias }) => ({
    ...{ target, ratio, addresses, healthy: serves(id) },
    ...(zone === undefined ? {} : { zone }),
    ...(alias === undefined ? {} : { alias }),
  }));
  return { fqdn, ttlSeconds, policy, members, ports, localPercent, nearest, owner };
}
