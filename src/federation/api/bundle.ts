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
  mesh: z.string().describe('Mesh of the owner.'),
  owner: z
    .object({
      kind: z.string().describe('Kind of the owner.'),
      namespace: z.string().optional().describe('Namespace of the owner, on the hub and in the cluster.'),
      name: z.string().describe('Name of the owner.'),
    })
    .describe('The object of the hub that the manifests come from.'),
  revision: z.string().describe('Digest of the revision of intent that was released to this cluster.'),
  digest: z.string().describe('Digest of the manifests; two bundles with one digest are the same.'),
  epoch: z
    .int()
    .min(0)
    .default(0)
    .describe('Fencing epoch of the hub that wrote it; an older hub never overwrites a newer one.'),
  manifests: z
    .array(manifest)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('The objects, in order of application.'),
});

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  phase: z.enum(['Pending', 'Applied', 'Failed']).optional().describe('Where the zone is with it.'),
  appliedDigest: z.string().optional().describe('Digest of the manifests that are applied.'),
  appliedRevision: z.string().optional().describe('Revision that they come from.'),
  appliedEpoch: z.int().min(0).optional().describe('Epoch of what is applied; the zone refuses older ones.'),
  conditions,
  message: z.string().optional().describe('First error, in full: what was attempted, on what, why.'),
  vip: z.string().optional().describe('App-tier address in this cluster (the LoadBalancer Service), as last seen.'),
  fqdn: z.string().optional().describe('Name of the load balancer, where it has one.'),
  gatewayAddress: z.string().optional().describe('Web-tier address of this zone, as last seen.'),
  certificate: z
    .object({
      installed: z.boolean().describe('Whether the gateways serve it.'),
      serial: z.string().optional().describe('Serial number, as served.'),
      version: z.string().optional().describe('Version of the Secret that holds it.'),
      notAfter: z.string().optional().describe('When it ends.'),
    })
    .optional()
    .describe('Certificate that the gateways serve.'),
  routeConfigured: z
    .object({
      acked: z.int().describe('Proxies that acknowledged the routes.'),
      total: z.int().describe('Proxies that should.'),
      firstDifference: z.string().optional().describe('Where the first one that did not differs.'),
    })
    .optional()
    .describe('How many of the zone gateways acknowledged the routes of this bundle.'),
  members: z
    .array(
      z.object({
        zone: z.string().describe('region/zone'),
        address: z.string().describe('Address of the member.'),
        weight: z
          .int()
          .optional()
          .describe('Its share of the requests of this zone while every zone is ready, in percent.'),
        healthy: z.boolean().describe('Whether it answers the probes of this zone.'),
        observedPercent: z.number().optional().describe('Its share as measured.'),
        message: z.string().optional().describe('What is wrong with it.'),
        id: z.string().optional().describe('Member of a NameService.'),
        reason: z.string().optional().describe('Why, in one word.'),
        since: z.string().optional().describe('Since when it is as it is.'),
      }),
    )
    .optional()
    .describe('Who serves the clients of this zone.'),
  readyEndpoints: z.int().optional().describe('Ready local endpoints behind the access point.'),
  drift: z
    .array(
      z.object({
        object: z.string().describe('`Kind namespace/name`'),
        path: z.string().describe('Field that differs.'),
        wanted: z.string().describe('What the bundle says.'),
        found: z.string().describe('What is there.'),
        firstSeen: z.string().describe('Since when.'),
      }),
    )
    .optional()
    .describe('Where the cluster differs from the bundle.'),
  observedAt: z.string().optional().describe('When the zone looked.'),
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
