import { parseZoneName } from '../kernel';
import type { MeshModel } from '../pilot/model';
import type { SimulatedFleet } from './simulated-fleet';
import { modelOf } from './zone-clients';
import { type ZoneView, zoneView } from './zone-view';

/** One zone with its primary. */
export interface World {
  readonly view: ZoneView;
  readonly models: ReadonlyMap<string, MeshModel>;
}

/** The zones that the scenario leaves, by name. */
export function worldsOf(fleet: SimulatedFleet): readonly World[] {
  const { hub, scenario } = fleet;
  const zones = hub.clusters.flatMap(({ spec }) => (spec === undefined ? [] : [`${spec.region}/${spec.zone}`]));
  const alive = [...new Set(zones)]
    .sort()
    .map(parseZoneName)
    .filter((zone) => !scenario.lose.includes(zone));
  return alive.map((zone) => {
    const view = zoneView(zone, fleet);
    return { view, models: new Map(hub.meshes.map((mesh) => [mesh.metadata.name, modelOf(view, mesh)])) };
  });
}
