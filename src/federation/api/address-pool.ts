import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';

const zoneRanges = z.object({
  zone: z
    .string()
    .regex(
      /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      'must be region/zone, such as east/east-1',
    )
    .describe('region/zone'),
  ranges: z
    .array(z.string().regex(/^[0-9a-fA-F:.]+(\/[0-9]{1,3}|-[0-9a-fA-F:.]+)?$/))
    .min(1)
    .max(64)
    .describe('10.1.0.0/24, 10.1.0.10-10.1.0.99, 2001:db8::/64, or one address.'),
});

const spec = z.object({
  zones: z
    .array(zoneRanges)
    .min(1)
    .max(64)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['zone'] })
    .describe('The ranges of each zone; a zone that is not here gives no address.'),
});

const allocation = z.object({
  address: z.string().describe('IPv4 or IPv6.'),
  zone: z.string().describe('region/zone'),
  owner: z.string().describe('`AccessPoint/namespace/name`'),
});

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  allocations: z
    .array(allocation)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['address'] })
    .optional()
    .describe('Who has which address. An address stays with its owner until the owner no longer claims it.'),
});

/** Ranges of addresses in zones, from which access points get addresses of their own. */
export const addressPoolKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'AddressPool',
  plural: 'addresspools',
  singular: 'addresspool',
  shortNames: ['fpool'],
  categories: ['flotilla'],
  namespaced: false,
  description: 'Ranges of addresses in zones, from which access points get addresses of their own.',
  spec,
  status,
  printerColumns: [
    { name: 'Zones', type: 'string', jsonPath: '.spec.zones[*].zone' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type AddressPool = ObjectOf<typeof addressPoolKind>;
export type AddressPoolSpec = z.output<typeof spec>;
export type AddressAllocation = z.output<typeof allocation>;
