import type { AccessPoint } from '../../accesspoint';
import { lint } from '../../istio/lint';
import { canonicalJson, type Finding } from '../../kernel';
import { annotations, type Manifest, type MemberCluster } from '../api';

/** What decides which of the rendered objects meet: those of one mesh in one cluster. */
export interface TrapSources {
  readonly accessPoints: readonly AccessPoint[];
  readonly clusters: readonly MemberCluster[];
}

/** Traps in rendered objects, mesh by mesh, because primaries of different meshes see nothing of one another. The same in several clusters is told once. */
export function renderedTraps(manifests: readonly Manifest[], { accessPoints, clusters }: TrapSources): Finding[] {
  const meshes = new Map(
    accessPoints.map(({ metadata, spec }) => [
      `AccessPoint/${metadata.namespace ?? 'default'}/${metadata.name}`,
      spec?.mesh ?? '',
    ]),
  );
  const byMesh = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const mesh = meshes.get(manifest.metadata.annotations?.[annotations.owner] ?? '') ?? '';
    const own = byMesh.get(mesh) ?? [];
    own.push(manifest);
    byMesh.set(mesh, own);
  }
  const remoteClusters = clusters.filter(({ spec }) => spec?.role === 'Workload').map(({ metadata }) => metadata.name);
  const findings = [...byMesh.values()].flatMap((own) => lint(own, { remoteClusters }));
  return [...new Map(findings.map((finding) => [canonicalJson(finding), finding])).values()];
}
