import type { Manifest } from '../federation/api';
import type { ZoneName } from '../kernel';
import type { KubeObject } from '../kube/schema';
import {
  type AnswerName,
  answerNameOf,
  judgeMembers,
  type NameMember,
  type NameRecord,
  nameRecordIn,
} from '../nameservice';
import { deadZonesOf, moveWeights, remoteMembersOf } from '../zone/drain';
import { lookAtName } from '../zone/names';
import { isGone, withHealth, withoutOrder } from './agent-effects';
import { primaryOfZone } from './primary-of-zone';
import type { Scenario } from './scenario';
import type { SimulatedFleet } from './simulated-fleet';

/** What a zone's agent makes of one global name in a scenario. */
export interface NameView {
  readonly objects: readonly KubeObject[];
  /** Addresses that take no connections. */
  readonly dead: readonly string[];
  /** What this zone answers by; undefined when the name is not served here. */
  readonly answers: AnswerName | undefined;
  /** Within how many seconds the zone finds that a target is dead. */
  readonly intervalSeconds: number;
}

/** Judges the members by the very rules of the zone: the checks of what is gone fail, and one verdict serves DNS and mesh. */
export function nameView(name: {
  readonly zone: ZoneName;
  readonly manifests: readonly Manifest[];
  readonly fleet: SimulatedFleet;
}): NameView {
  const { zone, manifests, fleet } = name;
  const { scenario, nowMs } = fleet;
  const record = nameRecordIn(manifests);
  if (record === undefined) return { objects: manifests, dead: [], answers: undefined, intervalSeconds: 0 };
  const dead = new Set(record.members.flatMap((member) => deadAddresses(member, scenario)));
  const verdicts = judgeMembers(record, ({ address }) => ({ healthy: !dead.has(address) }), nowMs);
  const { entryHealth } = lookAtName(record, verdicts, manifests, nowMs);
  const healthy = new Map(entryHealth.entries.map((verdict) => [verdict.entry, verdict.healthy]));
  const gone = deadZonesOf(zone, undefined, remoteMembersOf(manifests), entryHealth);
  const applied =
    primaryOfZone(zone, fleet) === 'istiod' ? withoutOrder(moveWeights({ manifests, zone, dead: gone })) : manifests;
  const serving = new Set(verdicts.flatMap(({ id, serving: serves }) => (serves ? [id] : [])));
  return {
    objects: applied.map((manifest) => withHealth(manifest, healthy, nowMs)),
    dead: [...dead],
    answers: asTold(
      record,
      answerNameOf(record, (id) => serving.has(id)),
    ),
    intervalSeconds: record.schedule.intervalSeconds,
  };
}

/** External DNS keeps weights, but cannot tell client zones apart: whoever asks is told all. */
function asTold({ provider }: NameRecord, answers: AnswerName): AnswerName {
  return provider === 'externaldns' && answers.policy === 'Locality' ? { ...answers, policy: 'RoundRobin' } : answers;
}

/** A lost zone answers nowhere; where only all pods are dead, the gateways still answer, and send on to other zones. */
function deadAddresses({ zone, addresses, mesh, tiers }: NameMember, scenario: Scenario): readonly string[] {
  if (zone === undefined || !isGone(zone, scenario)) return [];
  const lost = scenario.lose.some((name) => name === zone);
  return lost ? [...addresses, ...mesh] : tiers.map(({ address }) => address);
}
