import type { AccessPoint } from '../../accesspoint';
import type { MemberCluster, Mesh } from '../../federation/api';
import { namespacedName } from '../../kube/schema';
import type { NameService } from '../name-service';
import { judgeMembers, type NameRecord } from '../record';
import { nameIntentOf } from './name-intent';
import type { AnswerName } from './name-table';
import { answerNameOf, nameRecordOf } from './record-of';
import { geographyOf, targetFactsOf } from './target-facts';

/** The hub objects that names are resolved from. */
export interface NameSources {
  /** Those that own their names. */
  readonly nameServices: readonly NameService[];
  readonly accessPoints: readonly AccessPoint[];
  readonly memberClusters: readonly MemberCluster[];
  readonly meshes: readonly Mesh[];
  /** Decides which drains are still on, in milliseconds since the epoch. */
  readonly nowMs: number;
}

const DEFAULT_LOCAL_PERCENT = 99;

/** What the hub objects say about each name, as a zone would get it, with nothing checked yet. */
export function recordsOf(sources: NameSources): readonly NameRecord[] {
  const { nameServices, accessPoints, memberClusters, meshes } = sources;
  const facts = targetFactsOf(accessPoints, memberClusters);
  const geography = geographyOf(memberClusters);
  return nameServices.flatMap((service) => {
    const intent = nameIntentOf(service, accessPoints);
    if (intent === undefined) return [];
    const mesh = meshes.find(({ metadata }) => metadata.name === intent.mesh)?.spec;
    const locality = mesh?.locality ?? { localPercent: DEFAULT_LOCAL_PERCENT };
    return [nameRecordOf({ owner: namespacedName(service), intent, mesh: { locality }, facts, geography })];
  });
}

/** Names ready to be answered; drains count, and whatever was not checked is taken to be alive. */
export function resolveNames(sources: NameSources): readonly AnswerName[] {
  return recordsOf(sources).map((record) => {
    const verdicts = judgeMembers(record, () => ({ healthy: undefined }), sources.nowMs);
    const serving = new Set(verdicts.flatMap(({ id, serving: serves }) => (serves ? [id] : [])));
    return answerNameOf(record, (id) => serving.has(id));
  });
}
