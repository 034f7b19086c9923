import type { AccessPoint } from '../../accesspoint';
import { lint } from '../../istio/lint';
import { canonicalJson, type Finding } from '../../kernel';
import type { NameService } from '../../nameservice';
import { annotations, type Manifest } from '../api';
import { trapContext, type TrapFleet } from './trap-context';

/** What decides which of the rendered objects meet, those of one mesh in one cluster, and what is known of that mesh there. */
export interface TrapSources extends TrapFleet {
  readonly accessPoints: readonly AccessPoint[];
  readonly nameServices: readonly NameService[];
}

/** Traps in rendered objects, mesh by mesh, because primaries of different meshes see nothing of one another. The same in several clusters is told once. */
export function renderedTraps(manifests: readonly Manifest[], sources: TrapSources): Finding[] {
  const meshes = meshesOf(sources);
  const meshOf = ({ metadata }: Manifest): string => meshes.get(metadata.annotations?.[annotations.owner] ?? '') ?? '';
  const findings = [...grouped(manifests, meshOf)].flatMap(([mesh, own]) => {
    const clusters = grouped(own, clusterOf);
    return lint(own, (cluster) => trapContext(sources, { mesh, cluster, manifests: clusters.get(cluster) ?? [] }));
  });
  return [...new Map(findings.map((finding) => [canonicalJson(finding), finding])).values()];
}

/** Owner, as it stands in annotations → its mesh. */
function meshesOf({ accessPoints, nameServices }: TrapSources): ReadonlyMap<string, string> {
  return new Map(
    [...accessPoints, ...nameServices].map(({ kind, metadata, spec }) => [
      `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`,
      spec?.mesh ?? '',
    ]),
  );
}

function grouped(manifests: readonly Manifest[], keyOf: (manifest: Manifest) => string): Map<string, Manifest[]> {
  const groups = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const own = groups.get(keyOf(manifest)) ?? [];
    own.push(manifest);
    groups.set(keyOf(manifest), own);
  }
  return groups;
}

function clusterOf({ metadata }: Manifest): string {
  return metadata.annotations?.[annotations.cluster] ?? '';
}
