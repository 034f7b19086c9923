import { type AccessPoint, accessPointKind } from '../accesspoint';
import { FlotillaError, parseZoneName } from '../kernel';
import { KubeApiError, type KubeClient } from '../kube';

/** One row of `spec.runtime.drain`. */
export type DrainRow = NonNullable<AccessPoint['spec']>['runtime']['drain'][number];

const MAX_TRIES = 10;

/**
 * Changes the drains of an access point, and insists on the version that was read, so that nobody's drain is lost.
 * @param target `namespace/name`; `default` without a namespace
 * @param edit the drains as they are to be, from those that are and from the zones where the access point is placed (none while nothing is placed yet)
 * @throws FlotillaError FLO1001 for a zone that is none, FLO3099 when there is no such access point, and what the hub's API server answers
 */
export async function editDrains(
  client: KubeClient,
  target: string,
  edit: (drains: readonly DrainRow[], zones: readonly string[]) => readonly DrainRow[],
): Promise<void> {
  const [name = '', namespace = 'default'] = target.split('/').reverse();
  for (let tries = 1; ; tries += 1) {
    const accessPoint = await client.get<AccessPoint>(accessPointKind, name, namespace);
    if (accessPoint?.spec === undefined) throw notFound(`${namespace}/${name}`);
    const { resourceVersion } = accessPoint.metadata;
    const drain = edit(accessPoint.spec.runtime.drain, zonesOf(accessPoint));
    const patch = { metadata: { resourceVersion }, spec: { runtime: { drain } } };
    try {
      await client.patch(accessPointKind, name, namespace, patch, { type: 'merge' });
      return;
    } catch (cause) {
      if (!(cause instanceof KubeApiError && cause.isConflict) || tries >= MAX_TRIES) throw cause;
    }
  }
}

function zonesOf({ status }: AccessPoint): readonly string[] {
  return [...new Set((status?.clusters ?? []).map(({ zone }) => zone))].sort();
}

/** A drain of a zone where nothing is would look done. @throws FlotillaError FLO3074 when the access point is in other zones only */
export function checkZone(target: string, zone: string, zones: readonly string[]): void {
  if (zones.length === 0 || zones.includes(zone)) return;
  throw new FlotillaError(`cannot drain ${zone}: access point ${target} is not there`, {
    code: 'FLO3074',
    retry: 'after-change',
    hint: `it is in ${zones.join(', ')}`,
  });
}

/** The drains with one more, or the same one until later; each zone once. */
export function withDrain(drains: readonly DrainRow[], row: DrainRow): readonly DrainRow[] {
  return [...withoutDrain(drains, row.zone), row];
}

/** The drains without a zone. */
export function withoutDrain(drains: readonly DrainRow[], zone: string): readonly DrainRow[] {
  const gone = parseZoneName(zone);
  return drains.filter((drain) => drain.zone !== gone);
}

function notFound(target: string): FlotillaError {
  return new FlotillaError(`there is no access point ${target}`, {
    code: 'FLO3099',
    retry: 'after-change',
    hint: 'write namespace/name; kubectl get accesspoints --all-namespaces lists them',
  });
}
