import { z } from 'zod';
import { defineKind, type KubeObject, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';

const manifest = z
  .looseObject({})
  .meta({ 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-embedded-resource': true });

const spec = z.object({
  cluster: z.string().describe('The cluster of this zone that the manifests are applied to.'),
  zone: z.string().describe('region/zone'),
  mesh: z.string(),
  owner: z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() }),
  revision: z.string().describe('Digest of the revision of intent that was released to this cluster.'),
  digest: z.string().describe('Digest of the manifests; two bundles with one digest are the same.'),
  epoch: z
    .int()
    .min(0)
    .default(0)
    .describe('Fencing epoch of the hub that wrote it; an older hub never overwrites a newer one.'),
  manifests: z.array(manifest).meta({ 'x-kubernetes-list-type': 'atomic' }),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  phase: z.enum(['Pending', 'Applied', 'Failed']).optional(),
  appliedDigest: z.string().optional(),
  appliedRevision: z.string().optional(),
  appliedEpoch: z.int().min(0).optional().describe('Epoch of what is applied; the zone refuses older ones.'),
  conditions,
  message: z.string().optional().describe('First error, in full: what was attempted, on what, why.'),
  vip: z.string().optional().describe('App-tier address in this cluster (the LoadBalancer Service), as last seen.'),
  fqdn: z.string().optional(),
  gatewayAddress: z.string().optional().describe('Web-tier address of this zone, as last seen.'),
  certificate: z
    .object({
      installed: z.boolean(),
      serial: z.string().optional(),
      version: z.string().optional(),
      notAfter: z.string().optional(),
    })
    .optional(),
  routeConfigured: z
    .object({ acked: z.int(), total: z.int(), firstDifference: z.string().optional() })
    .optional()
    .describe('How many of the zone gateways acknowledged the routes of this bundle.'),
  members: z
    .array(
      z.object({
        zone: z.string(),
        address: z.string(),
        weight: z.int().optional(),
        healthy: z.boolean(),
        observedPercent: z.number().optional(),
        message: z.string().optional(),
        id: z.string().optional().describe('Member of a NameService.'),
        reason: z.string().optional(),
        since: z.string().optional().describe('Since when it is as it is.'),
      }),
    )
    .optional(),
  readyEndpoints: z.int().optional().describe('Ready local endpoints behind the access point.'),
  drift: z
    .array(
      z.object({ object: z.string(), path: z.string(), wanted: z.string(), found: z.string(), firstSeen: z.string() }),
    )
    .optional(),
  observedAt: z.string().optional(),
});

/** The manifests of one AccessPoint or NameService for one cluster, written by the hub and applied by the zone agent. */
export const bundleKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'Bundle',
  plural: 'bundles',
  singular: 'bundle',
  shortNames: [],
  categories: ['flotilla'],
  namespaced: true,
  description:
    'The manifests of one AccessPoint or NameService for one cluster. The hub writes spec, the zone writes status.',
  spec,
  status,
  printerColumns: [
    { name: 'Cluster', type: 'string', jsonPath: '.spec.cluster' },
    { name: 'Owner', type: 'string', jsonPath: '.spec.owner.name' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'VIP', type: 'string', jsonPath: '.status.vip' },
    { name: 'Revision', type: 'string', jsonPath: '.spec.revision', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type Bundle = ObjectOf<typeof bundleKind>;
export type BundleSpec = z.output<typeof spec>;
export type BundleStatus = z.output<typeof status>;

/** One rendered object inside a bundle. */
export type Manifest = KubeObject;
