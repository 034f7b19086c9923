import type { PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import { nameFindings, nameIntentOf, type NameLookups, type NameService } from '../../nameservice';
import { hasErrors } from '../acceptance';
import type { MemberCluster } from '../api';
import { fleetOf, gatewayOf } from '../placement';
import { type NameSnapshot, nameSnapshot } from './name-snapshot';

/** The judgement of one name. */
export interface NameJudgement {
  /** Undefined when any finding is an error. */
  readonly accepted: NameSnapshot | undefined;
  readonly findings: readonly Finding[];
}

/** Judges a NameService against the objects it refers to and competes with, and freezes its intent. */
export function judgeName(service: NameService, lookups: NameLookups): NameJudgement {
  const findings = nameFindings(service, lookups);
  const intent = nameIntentOf(service, lookups.accessPoints);
  const mesh = lookups.meshes.find(({ metadata }) => metadata.name === intent?.mesh)?.spec;
  if (hasErrors(findings) || intent === undefined || mesh === undefined) return { accepted: undefined, findings };
  return { accepted: nameSnapshot(intent, mesh, consumersOf(lookups.clusters, intent.mesh)), findings };
}

/** The gateway cluster of every zone of a mesh: whoever is in it may ask for the name. */
function consumersOf(clusters: readonly MemberCluster[], mesh: string): PlacedCluster[] {
  const fleet = fleetOf(clusters, mesh);
  return [...new Set(fleet.map(({ zone }) => zone))].flatMap((zone): PlacedCluster[] => {
    const gateway = gatewayOf(zone, fleet);
    return gateway === undefined ? [] : [{ name: gateway.name, zone, role: 'Gateway', holdsBackend: false }];
  });
}
