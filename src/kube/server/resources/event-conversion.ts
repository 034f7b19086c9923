import type { KubeObject } from '../../schema';

/** Fields of a core/v1 Event and what events.k8s.io/v1 calls them; all others have one name in both. */
const NAMES: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** An Event as events.k8s.io/v1 has it. Pure. */
export function toEventsGroup(event: KubeObject): KubeObject {
  return { ...rename(event, NAMES), apiVersion: 'events.k8s.io/v1' };
}

/** An Event as core/v1 has it, which is how it is stored. Pure. */
export function toCoreGroup(event: KubeObject): KubeObject {
  return {
    ...rename(
      event,
      NAMES.map(([core, events]) => [events, core]),
    ),
    apiVersion: 'v1',
  };
}

function rename(object: KubeObject, names: readonly (readonly [string, string])[]): KubeObject {
  const newNames = new Map(names);
  const { apiVersion, kind, metadata, ...rest } = object;
  const entries = Object.entries(rest).map(([name, value]) => [newNames.get(name) ?? name, value] as const);
  return { apiVersion, kind, metadata, ...Object.fromEntries(entries) };
}
