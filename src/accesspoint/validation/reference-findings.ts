import type { AddressPool, MemberCluster, Mesh, RolloutPolicy } from '../../federation/api';
import type { AccessPointSpec } from '../access-point';
import type { FindingParts } from './access-point-finding';

/** The hub objects that an access point may refer to. */
export interface Lookups {
  readonly meshes: readonly Mesh[];
  readonly clusters: readonly MemberCluster[];
  /** Not checked when left out. */
  readonly pools?: readonly AddressPool[];
  /** Not checked when left out. */
  readonly rolloutPolicies?: readonly RolloutPolicy[];
}

/** Checks that everything an access point names exists and takes part in its mesh. */
export function referenceFindings(spec: AccessPointSpec, lookups: Lookups): FindingParts[] {
  const mesh = meshFindings(spec, lookups);
  if (mesh.length > 0) return mesh;
  const { members, zones } = participantsOf(lookups.clusters, spec.mesh);
  return [
    ...zoneFindings(spec.placement.zones ?? [], 'spec.placement.zones', zones, spec.mesh),
    ...zoneFindings(spec.runtime.locality.failoverOrder, 'spec.runtime.locality.failoverOrder', zones, spec.mesh),
    ...drainFindings(spec, zones),
    ...clusterFindings(spec, members),
    ...poolFindings(spec, lookups),
    ...rolloutFindings(spec, lookups),
  ];
}

function meshFindings({ mesh }: AccessPointSpec, { meshes }: Lookups): FindingParts[] {
  if (meshes.some((candidate) => candidate.metadata.name === mesh)) return [];
  const hint = `known meshes: ${listed(meshes.map((candidate) => candidate.metadata.name))}`;
  return [{ code: 'FLO3001', path: 'spec.mesh', message: `there is no mesh "${mesh}"`, hint }];
}

function zoneFindings(
  zones: readonly string[],
  path: string,
  known: ReadonlySet<string>,
  mesh: string,
): FindingParts[] {
  return zones.flatMap((zone, index) => {
    if (known.has(zone)) return [];
    const message = `no cluster of mesh "${mesh}" stands in zone "${zone}"`;
    return [{ code: 'FLO3002', path: `${path}[${index}]`, message, hint: `known zones: ${listed([...known])}` }];
  });
}

/** A drain must never keep a spec from being accepted because its zone has left the fleet; a slip of the pen is told all the same. */
function drainFindings({ runtime, mesh }: AccessPointSpec, known: ReadonlySet<string>): FindingParts[] {
  return (runtime.drain ?? []).flatMap(({ zone }, index) => {
    if (known.has(zone)) return [];
    const message = `no cluster of mesh "${mesh}" stands in zone "${zone}", so nothing is drained`;
    const at = { code: 'FLO3002', severity: 'warning' as const, path: `spec.runtime.drain[${index}].zone` };
    return [{ ...at, message, hint: `known zones: ${listed([...known])}` }];
  });
}

function clusterFindings({ placement, mesh }: AccessPointSpec, members: readonly MemberCluster[]): FindingParts[] {
  const names = members.map((member) => member.metadata.name);
  return (placement.clusters ?? []).flatMap((cluster, index) => {
    if (names.includes(cluster)) return [];
    const message = `no cluster "${cluster}" takes part in mesh "${mesh}"`;
    return [
      { code: 'FLO3003', path: `spec.placement.clusters[${index}]`, message, hint: `known clusters: ${listed(names)}` },
    ];
  });
}

function poolFindings({ gateway }: AccessPointSpec, { pools }: Lookups): FindingParts[] {
  const { mode, pool } = gateway.address;
  const at = { code: 'FLO3030', path: 'spec.gateway.address.pool' };
  if (pool === undefined) return [];
  if (mode === 'Shared')
    return [
      { ...at, message: 'a shared address comes from no pool', hint: 'write mode: Dedicated, or leave the pool out' },
    ];
  const names = pools?.map(({ metadata }) => metadata.name);
  if (names === undefined || names.includes(pool)) return [];
  return [{ ...at, message: `there is no AddressPool "${pool}"`, hint: `known pools: ${listed(names)}` }];
}

function rolloutFindings({ rollout }: AccessPointSpec, { rolloutPolicies }: Lookups): FindingParts[] {
  const name = rollout?.policyRef?.name;
  const known = rolloutPolicies?.map(({ metadata }) => metadata.name);
  if (name === undefined || known === undefined || known.includes(name)) return [];
  const at = { code: 'FLO3031', path: 'spec.rollout.policyRef.name' };
  return [{ ...at, message: `there is no RolloutPolicy "${name}"`, hint: `known policies: ${listed(known)}` }];
}

/** Who takes part in a mesh, and where. */
interface Participants {
  readonly members: readonly MemberCluster[];
  readonly zones: ReadonlySet<string>;
}

/** Lists never change, and a thousand access points are judged against the same one. */
const remembered = new WeakMap<readonly MemberCluster[], Map<string, Participants>>();

function participantsOf(clusters: readonly MemberCluster[], mesh: string): Participants {
  const byMesh = remembered.get(clusters) ?? new Map<string, Participants>();
  remembered.set(clusters, byMesh);
  const known = byMesh.get(mesh);
  if (known !== undefined) return known;
  const members = clusters.filter(({ spec }) => spec?.meshes.includes(mesh) === true);
  const participants = { members, zones: new Set(members.map(zoneOfMember)) };
  byMesh.set(mesh, participants);
  return participants;
}

function zoneOfMember({ spec }: MemberCluster): string {
  return spec === undefined ? '' : `${spec.region}/${spec.zone}`;
}

/** At most this many names in a hint; a fleet may have hundreds. */
const LISTED = 10;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = [...names].sort().slice(0, LISTED).join(', ');
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown;
}
