import { FlotillaError, parseZoneName, type ZoneName } from '../kernel';

/** Who serves the proxies of a zone: our pilot, or an upstream istiod beside our zone agent. */
export type SimulatedPrimary = 'flotilla' | 'istiod';

/** What is supposed to happen. Zones are `region/zone`. */
export interface Scenario {
  /** Zones that are gone, with their clients. */
  readonly lose: readonly ZoneName[];
  /** Zones that every access point is drained from. */
  readonly drain: readonly ZoneName[];
  /** Zone → percent of its pods that take no connections, 1 to 100. */
  readonly unhealthy: ReadonlyMap<ZoneName, number>;
  /** Zones whose gateways run on nodes without locality labels (R6). */
  readonly noLocality: readonly ZoneName[];
  /** Who serves every zone; undefined when it is whoever each zone reports. */
  readonly primary: SimulatedPrimary | undefined;
  /** Zone → pods of each access point, where the input does not say. */
  readonly pods: ReadonlyMap<ZoneName, number>;
}

/** A scenario as options of the command line say it. */
export interface ScenarioOptions {
  readonly lose?: readonly string[];
  readonly drain?: readonly string[];
  /** `ZONE=PERCENT` */
  readonly unhealthy?: readonly string[];
  readonly noLocality?: readonly string[];
  readonly primary?: string;
  /** `ZONE=COUNT` */
  readonly pods?: readonly string[];
}

/** Reads a scenario. @throws FlotillaError FLO1001 for a zone that is none, FLO3090 for a number or a primary that is none */
export function parseScenario(options: ScenarioOptions): Scenario {
  const { lose = [], drain = [], unhealthy = [], noLocality = [], primary, pods = [] } = options;
  if (primary !== undefined && primary !== 'flotilla' && primary !== 'istiod')
    throw badOption('--primary', primary, 'write flotilla or istiod');
  return {
    lose: lose.map(parseZoneName),
    drain: drain.map(parseZoneName),
    unhealthy: new Map(unhealthy.map((text) => zoneNumber('--unhealthy', text, 100))),
    noLocality: noLocality.map(parseZoneName),
    primary,
    pods: new Map(pods.map((text) => zoneNumber('--pods', text, 10_000))),
  };
}

function zoneNumber(option: string, text: string, max: number): readonly [ZoneName, number] {
  const [zone = '', number = ''] = text.split('=');
  const value = Number(number);
  if (number !== '' && Number.isInteger(value) && value >= 1 && value <= max) return [parseZoneName(zone), value];
  throw badOption(option, text, `write region/zone=NUMBER with a whole number from 1 to ${max}`);
}

function badOption(option: string, value: string, hint: string): FlotillaError {
  return new FlotillaError(`cannot simulate: ${option} ${value} is not understood`, {
    code: 'FLO3090',
    retry: 'after-change',
    hint,
  });
}
