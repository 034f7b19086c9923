import { FlotillaError, parseZoneName, type ZoneName } from '../../kernel';

/** One availability zone of the demo, with the names of its two clusters. */
export interface DemoZone {
  /** 1-based place in the list; the zone's loopback addresses are made from it. */
  readonly index: number;
  readonly name: ZoneName;
  readonly region: string;
  readonly zone: string;
  readonly gatewayCluster: string;
  readonly workloadCluster: string;
}

const REGIONS = ['east', 'west', 'north', 'south', 'central', 'coast', 'lake', 'hill', 'island', 'harbour'];
const ZONES_PER_REGION = 2;

/** As many zones as loopback blocks and region names allow. */
export const MAX_DEMO_ZONES = REGIONS.length * ZONES_PER_REGION;

/**
 * The first `count` demo zones, two to a region: east/east-1, east/east-2, west/west-1, west/west-2, …
 * @throws FlotillaError FLO6001 when `count` is not a whole number from 1 to {@link MAX_DEMO_ZONES}.
 */
export function demoZones(count: number): readonly DemoZone[] {
  if (!Number.isInteger(count) || count < 1 || count > MAX_DEMO_ZONES) {
    throw new FlotillaError(`the demo cannot have ${count} zones`, {
      code: 'FLO6001',
      retry: 'after-change',
      hint: `give --zones a whole number from 1 to ${MAX_DEMO_ZONES}`,
    });
  }
  return Array.from({ length: count }, (_, position) => demoZone(position));
}

function demoZone(position: number): DemoZone {
  const region = REGIONS[Math.floor(position / ZONES_PER_REGION)] ?? 'east';
  const zone = `${region}-${(position % ZONES_PER_REGION) + 1}`;
  return {
    index: position + 1,
    name: parseZoneName(`${region}/${zone}`),
    region,
    zone,
    gatewayCluster: `${zone}-gateway`,
    workloadCluster: `${zone}-apps`,
  };
}
