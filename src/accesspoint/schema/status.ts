import { z } from 'zod';
import { conditions } from '../../federation/api';

const certificate = z.object({
  installed: z.boolean(),
  serial: z.string().optional(),
  version: z.string().optional(),
  notAfter: z.string().optional(),
});

const member = z.object({
  zone: z.string(),
  address: z.string(),
  weight: z.int().optional(),
  healthy: z.boolean(),
  observedPercent: z.number().optional(),
  message: z.string().optional(),
});

const clusterStatus = z.object({
  cluster: z.string(),
  zone: z.string(),
  revision: z.string().optional().describe('Digest of the revision that the cluster may run.'),
  phase: z.string().optional(),
  vip: z.string().optional().describe('Address of the app tier in this cluster, as last seen.'),
  fqdn: z.string().optional(),
  gatewayAddress: z.string().optional().describe('Web-tier address of the zone, as last seen.'),
  certificate: certificate.optional(),
  routeConfigured: z.object({ acked: z.int(), total: z.int(), firstDifference: z.string().optional() }).optional(),
  members: z.array(member).optional(),
  observedAt: z.string().optional(),
  message: z.string().optional(),
});

/** What the hub reports about an access point. */
export const status = z.object({
  observedGeneration: z.int().optional(),
  conditions,
  currentRevision: z.string().optional().describe('Digest of the revision that every cluster runs.'),
  targetRevision: z.string().optional().describe('Digest of the revision that is being released.'),
  drains: z
    .array(z.object({ zone: z.string(), until: z.string() }))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['zone'] })
    .optional()
    .describe('Zones that are drained now, and until when.'),
  clusters: z
    .array(clusterStatus)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional(),
});
