import type { Finding } from '../../kernel';
import { textsByCode, toFinding } from '../findings';
import {
  emptyHosts,
  lonelyEntries,
  namedEndpoints,
  unprovenHealth,
  unreadObjects,
  unrunProbes,
} from './endpoint-traps';
import type { LintContext } from './lint-context';
import { lintWorld, type Trap } from './lint-world';
import * as locality from './locality-traps';
import * as routes from './route-traps';
import { closedDoors, plaintextToStrict } from './security-traps';
import { lintTextList } from './texts';
import { contestedEntries, hiddenBySidecar, hiddenFromGateways } from './visibility-traps';

const traps: readonly Trap[] = [
  locality.unlistedLocalities,
  locality.uncoveredSources,
  namedEndpoints,
  unrunProbes,
  unprovenHealth,
  locality.ejectionTraps,
  locality.endpointWeights,
  locality.gradualFailover,
  unreadObjects,
  emptyHosts,
  locality.placelessEndpoints,
  locality.placelessGateways,
  locality.narrowedSubsets,
  routes.contestedHosts,
  routes.missingSubsets,
  routes.missingGateways,
  routes.unservedHosts,
  routes.unevenWeights,
  routes.futileRetries,
  routes.contestedRules,
  routes.wrongPorts,
  routes.misnamedPorts,
  routes.wholeMirrors,
  routes.contestedServers,
  routes.misplacedRoutes,
  hiddenFromGateways,
  hiddenBySidecar,
  contestedEntries,
  lonelyEntries,
  plaintextToStrict,
  closedDoors,
];

const texts = textsByCode(lintTextList);
const CLUSTER = 'federation.flotilla.dev/cluster';

/**
 * What is valid and bites all the same: each finding says what would happen to traffic, where, and how to avoid it. Objects that carry the annotation of a
 * cluster are judged cluster by cluster. Takes any JSON and never throws. What the API server refuses is `validateIstioObject`'s.
 * @param context what is known of every cluster alike, or of each by its name ('' for objects without the annotation)
 */
export function lint(
  objects: readonly Readonly<Record<string, unknown>>[],
  context: LintContext | ((cluster: string) => LintContext) = {},
): Finding[] {
  const clusters = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const object of objects) {
    const cluster = clusterOf(object);
    const known = clusters.get(cluster);
    if (known === undefined) clusters.set(cluster, [object]);
    else known.push(object);
  }
  return [...clusters].flatMap(([cluster, own]) => {
    const world = lintWorld(own, typeof context === 'function' ? context(cluster) : context);
    const faults = traps.flatMap((trap) => [...trap(world)]);
    return faults.map((fault) => toFinding(fault, fault.object.reference, texts));
  });
}

function clusterOf({ metadata }: Readonly<Record<string, unknown>>): string {
  const annotations = fieldOf(metadata, 'annotations');
  const cluster = fieldOf(annotations, CLUSTER);
  return typeof cluster === 'string' ? cluster : '';
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
