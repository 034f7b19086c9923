import type { ZoneName } from '../kernel';
import type { SimulatedPrimary } from './scenario';
import type { SimulatedFleet } from './simulated-fleet';

/** Who serves a zone's proxies: whoever the scenario says, else whoever the zone reports (`status.facts.primary`), else our pilot. */
export function primaryOfZone(
  zone: ZoneName,
  { hub, scenario }: Pick<SimulatedFleet, 'hub' | 'scenario'>,
): SimulatedPrimary {
  if (scenario.primary !== undefined) return scenario.primary;
  const reported = hub.clusters.flatMap(({ spec, status }) =>
    `${spec?.region ?? ''}/${spec?.zone ?? ''}` === zone ? (status?.facts?.primary ?? []) : [],
  );
  return reported[0] ?? 'flotilla';
}
