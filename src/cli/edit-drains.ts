import { type AccessPoint, accessPointKind } from '../accesspoint';
import { FlotillaError, parseZoneName } from '../kernel';
import { KubeApiError, type KubeClient } from '../kube';

/** One row of `spec.runtime.drain`. */
export type DrainRow = NonNullable<AccessPoint['spec']>['runtime']['drain'][number];

const MAX_TRIES = 10;

/**
 * Changes the drains of an access point, and insists on the version that was read, so that nobody's drain is lost.
 * @param target `namespace/name`; `default` without a namespace
 * @throws FlotillaError FLO1001 for a zone that is none, FLO3099 when there is no such access point, and what the hub's API server answers
 */
export async function editDrains(
  client: KubeClient,
  target: string,
  edit: (drains: readonly DrainRow[]) => readonly DrainRow[],
): Promise<void> {
  const [name = '', namespace = 'default'] = target.split('/').reverse();
  for (let tries = 1; ; tries += 1) {
    const accessPoint = await client.get<AccessPoint>(accessPointKind, name, namespace);
    if (accessPoint?.spec === undefined) throw notFound(`${namespace}/${name}`);
    const { resourceVersion } = accessPoint.metadata;
    const patch = { metadata: { resourceVersion }, spec: { runtime: { drain: edit(accessPoint.spec.runtime.drain) } } };
    try {
      await client.patch(accessPointKind, name, namespace, patch, { type: 'merge' });
      return;
    } catch (cause) {
      if (!(cause instanceof KubeApiError && cause.isConflict) || tries >= MAX_TRIES) throw cause;
    }
  }
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
