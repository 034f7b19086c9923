import type { Finding } from '../../kernel';
import { geographyOf, type NameService, ownedNames, targetFactsOf } from '../../nameservice';
import type { Manifest } from '../api';
import { judgeName, renderName } from '../names';
import { revisionDigest } from '../revision';
import type { HubObjects } from './hub-objects';

/** The manifests of the names in some files, and what was found. */
export interface OfflineNames {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

/**
 * Every NameService of the files for every zone of its mesh. One that would not be accepted renders nothing.
 * @param nowMs decides which drains are still on, in milliseconds since the epoch
 */
export function renderNamesOffline(hub: HubObjects, nowMs: number): OfflineNames {
  const { accessPoints, clusters, meshes, nameServices } = hub;
  const lookups = { owned: ownedNames(nameServices), accessPoints, clusters, meshes };
  const facts = targetFactsOf(accessPoints, clusters);
  const geography = geographyOf(clusters);
  const results = nameServices.map((service: NameService): OfflineNames => {
    const { accepted, findings } = judgeName(service, lookups);
    if (accepted === undefined) return { manifests: [], findings };
    const { namespace = 'default', name } = service.metadata;
    const revision = revisionDigest(accepted);
    const rendered = accepted.clusters.map((cluster) =>
      renderName({
        ...{ owner: { namespace, name }, snapshot: accepted, revision, cluster, facts, geography, nowMs },
        ...{ unhealthy: deadTargets(service), present: undefined },
      }),
    );
    return {
      manifests: rendered.flatMap(({ manifests }) => manifests),
      findings: [...findings, ...(rendered[0]?.findings ?? [])],
    };
  });
  return {
    manifests: results.flatMap(({ manifests }) => manifests),
    findings: results.flatMap(({ findings }) => findings),
  };
}

/** What the status says of health is all that files know. */
function deadTargets({ status }: NameService): ReadonlySet<string> {
  const dead = (status?.targets ?? []).filter(({ healthy }) => !healthy);
  return new Set(dead.map(({ target, zone }) => (zone === undefined ? target : `${target}@${zone}`)));
}
