import { FlotillaError } from './flotilla-error';

/** Where something runs: Istio's `region/zone/subzone`, as in the node labels `topology.kubernetes.io/region` and `/zone`. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subzone?: string;
}

/** An availability zone's name everywhere in Flotilla, `region/zone`. Only `parseZoneName` and `zoneOf` make one. */
export type ZoneName = string & { readonly __brand: 'ZoneName' };

const PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Reads `region/zone`. @throws FlotillaError FLO1001 when a part is missing or is not a label value. */
export function parseZoneName(raw: string): ZoneName {
  const parts = raw.split('/');
  if (parts.length !== 2 || !parts.every((part) => PART.test(part))) {
    throw new FlotillaError(`zone "${raw}" is not of the form region/zone`, {
      code: 'FLO1001',
      retry: 'after-change',
      hint: 'write the region and the zone as the nodes are labelled, for example east/east-1',
    });
  }
  return raw as ZoneName;
}

/** Reads `region[/zone[/subzone]]`; missing parts are empty, as in Istio's WorkloadEntry.locality. */
export function parseLocality(raw: string): Locality {
  const [region = '', zone = '', subzone] = raw.split('/');
  return subzone ? { region, zone, subzone } : { region, zone };
}

/** Writes a locality as Istio does, without empty tails. */
export function formatLocality({ region, zone, subzone }: Locality): string {
  return [region, zone, subzone ?? ''].join('/').replace(/\/+$/, '');
}

/** The zone of a locality. @throws FlotillaError FLO1001 when region or zone is missing. */
export function zoneOf({ region, zone }: Locality): ZoneName {
  return parseZoneName(`${region}/${zone}`);
}
