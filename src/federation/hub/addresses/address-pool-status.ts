import { type AccessPoint, fixedAddresses } from '../../../accesspoint';
import { toFlotillaError } from '../../../kernel';
import { type AddressClaim, allocateAddresses, claimsOn } from '../../addresses';
import type { AddressPool } from '../../api';
import type { Snapshot } from '../../revision';
import { type ConditionParts, mergeConditions } from '../../status';

/** An access point with the placement that it was last accepted with. */
export interface PlacedAccessPoint {
  readonly accessPoint: AccessPoint;
  readonly clusters: Snapshot['clusters'];
}

/** The status of a pool: who has which address. A pool whose ranges cannot be read keeps what it gave. */
export function addressPoolStatus(
  pool: AddressPool,
  others: readonly AddressPool[],
  accessPoints: readonly PlacedAccessPoint[],
  nowMs: number,
): NonNullable<AddressPool['status']> {
  const { metadata, spec, status: old } = pool;
  const existing = old?.allocations ?? [];
  const given = others.flatMap(({ status }) => status?.allocations ?? []).map(({ address }) => address);
  const written = accessPoints.flatMap(({ accessPoint: { spec } }) => (spec === undefined ? [] : fixedAddresses(spec)));
  const taken = new Set([...given, ...written.filter(({ scope }) => scope === 'Fleet').map(({ address }) => address)]);
  const claims = accessPoints.flatMap(({ accessPoint, clusters }) => claimsOn(metadata.name, accessPoint, clusters));
  const generation = metadata.generation ?? 0;
  const conditions = (parts: ConditionParts): ReturnType<typeof mergeConditions> =>
    mergeConditions(old?.conditions, [parts], { generation, nowMs });
  try {
    const { allocations, unmet } = allocateAddresses({ spec: spec ?? { zones: [] }, existing, claims, taken });
    return {
      observedGeneration: generation,
      allocations: [...allocations],
      conditions: conditions(ready(allocations.length, unmet)),
    };
  } catch (cause) {
    const { message } = toFlotillaError(cause);
    const invalid = { type: 'Ready', status: 'False' as const, reason: 'InvalidRange', message };
    return { observedGeneration: generation, allocations: existing, conditions: conditions(invalid) };
  }
}

function ready(given: number, unmet: readonly AddressClaim[]): ConditionParts {
  const type = 'Ready';
  if (unmet.length === 0) return { type, status: 'True', reason: 'Allocated', message: `${given} addresses are given` };
  const list = unmet.map(({ owner, zone }) => `${owner} in ${zone}`).join(', ');
  return { type, status: 'False', reason: 'Exhausted', message: `no address is left for ${list}` };
}
