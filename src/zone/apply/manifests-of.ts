import type { Bundle } from '../../federation/api';
import { FlotillaError } from '../../kernel';
import type { KubeObject } from '../../kube/schema';

/** The entries of a bundle that are Kubernetes objects: those with apiVersion, kind and name. */
export function manifestsOf({ spec }: Bundle): readonly KubeObject[] {
  const entries: readonly unknown[] = spec?.manifests ?? [];
  return entries.filter(isManifest);
}

/** FLO5004 when an entry has no apiVersion, kind or name, with the places of all such entries. */
export function manifestFault({ metadata, spec }: Bundle): FlotillaError | undefined {
  const entries: readonly unknown[] = spec?.manifests ?? [];
  const broken = entries.flatMap((entry, index) => (isManifest(entry) ? [] : [`spec.manifests[${index}]`]));
  if (broken.length === 0) return undefined;
  const why = `${broken.join(', ')} lack apiVersion, kind or name`;
  return new FlotillaError(`bundle ${metadata.name} cannot be applied: ${why}`, {
    code: 'FLO5004',
    retry: 'after-change',
    hint: 'the hub wrote a bundle that is not made of Kubernetes objects; see its log',
  });
}

function isManifest(entry: unknown): entry is KubeObject {
  const { apiVersion, kind, metadata } = (entry ?? {}) as Partial<KubeObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}
