import { namespacedName } from '../../kube/schema';
import type { NameService } from '../name-service';

/** A name as DNS compares it: lower case, without the final dot. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/**
 * Who owns each name: whoever was given it already keeps it; of those who only want it, the older, then the one whose name sorts first.
 * One that is being deleted owns nothing any more.
 */
export function ownedNames(services: readonly NameService[]): ReadonlyMap<string, NameService> {
  const owned = new Map<string, NameService>();
  const living = services.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const service of [...living].sort(byRight)) {
    const fqdn = canonicalName(service.spec?.fqdn ?? '');
    if (fqdn !== '' && !owned.has(fqdn)) owned.set(fqdn, service);
  }
  return owned;
}

function byRight(left: NameService, right: NameService): number {
  const keys = [keyOf(left), keyOf(right)] as const;
  return keys[0] < keys[1] ? -1 : keys[0] > keys[1] ? 1 : 0;
}

function keyOf(service: NameService): string {
  const { spec, status, metadata } = service;
  const given = status?.fqdn !== undefined && status.fqdn === canonicalName(spec?.fqdn ?? '');
  return `${given ? 0 : 1} ${metadata.creationTimestamp ?? ''} ${namespacedName(service)}`;
}
