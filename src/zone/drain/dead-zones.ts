import type { RemoteMember } from '../facts/bundle-members';
import type { EntryHealthDecision } from './decide-entry-health';

/** Zones (and places elsewhere) that can serve nothing now: the own one without ready pods, any other when none of its members may serve. */
export function deadZonesOf(
  zone: string,
  readyEndpoints: number | undefined,
  remotes: readonly RemoteMember[],
  { entries }: EntryHealthDecision,
): ReadonlySet<string> {
  const serving = new Set(entries.filter(({ healthy }) => healthy).map(({ entry }) => entry));
  const alive = new Set(remotes.filter(({ entry }) => serving.has(entry)).map((member) => member.zone));
  const dead = remotes.map((member) => member.zone).filter((name) => !alive.has(name));
  return new Set(readyEndpoints === 0 ? [...dead, zone] : dead);
}
