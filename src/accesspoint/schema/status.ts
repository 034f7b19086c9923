import { z } from 'zod';
import { conditions } from '../../federation/api';

const certificate = z.object({
  installed: z.boolean().describe('Whether the gateways serve it.'),
  serial: z.string().optional().describe('Serial number, as served.'),
  version: z.string().optional().describe('Version of the Secret that holds it.'),
  notAfter: z.string().optional().describe('When it ends.'),
});

const member = z.object({
  zone: z.string().describe('region/zone'),
  address: z.string().describe('Address of its application tier.'),
  weight: z.int().optional().describe('Its share of the requests of this zone while every zone is ready, in percent.'),
  healthy: z.boolean().describe('Whether it answers the probes of this zone.'),
  observedPercent: z.number().optional().describe('Its share as measured.'),
  message: z.string().optional().describe('What is wrong with it.'),
});

const clusterStatus = z.object({
  cluster: z.string().describe('Name of the MemberCluster.'),
  zone: z.string().describe('region/zone'),
  revision: z.string().optional().describe('Digest of the revision that the cluster may run.'),
  phase: z.string().optional().describe('Pending, Held, Applied, Failed or Removing.'),
  vip: z.string().optional().describe('Address of the app tier in this cluster, as last seen.'),
  fqdn: z.string().optional().describe('Name of the load balancer, where it has one.'),
  gatewayAddress: z.string().optional().describe('Web-tier address of the zone, as last seen.'),
  certificate: certificate.optional().describe('Certificate that the gateways serve.'),
  routeConfigured: z
    .object({
      acked: z.int().describe('Proxies that acknowledged the routes.'),
      total: z.int().describe('Proxies that should.'),
      firstDifference: z.string().optional().describe('Where the first one that did not differs.'),
    })
    .optional()
    .describe('Whether the proxies have the routes.'),
  members: z.array(member).optional().describe('Who serves the clients of this zone.'),
  readyEndpoints: z
    .int()
    .optional()
    .describe('Ready endpoints behind it; of a gateway cluster, those of its whole zone.'),
  observedAt: z.string().optional().describe('When the zone looked.'),
  message: z.string().optional().describe('Why, where there is a reason to say.'),
});

/** What the hub reports about an access point. */
export const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  currentRevision: z.string().optional().describe('Digest of the revision that every cluster runs.'),
  targetRevision: z.string().optional().describe('Digest of the revision that is being released.'),
  drains: z
    .array(z.object({ zone: z.string().describe('region/zone'), until: z.string().describe('When the drain ends.') }))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['zone'] })
    .optional()
    .describe('Zones that are drained now, and until when.'),
  clusters: z
    .array(clusterStatus)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional()
    .describe('One row for each cluster that it goes to or is leaving.'),
});
