import { z } from 'zod';
import { conditions, FEDERATION_GROUP, FEDERATION_VERSION } from '../federation/api';
import { defineKind, type ObjectOf } from '../kube/schema';

const portName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/);
const labelMap = z.record(z.string(), z.string());
const host = z
  .string()
  .max(253)
  .regex(/^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$/);
const zoneName = z
  .string()
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
const serviceName = z.string().regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
const duration = z.string().regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/);
const exportTarget = z.string().regex(/^(\.|~|\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/);

const port = z
  .object({
    name: portName,
    number: z.int().min(1).max(65535).describe('Port at the gateway and in the mesh.'),
    protocol: z.enum(['HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'TCP', 'TLS']),
    targetPort: z.int().min(1).max(65535).optional().describe('Port of the pods; `number` when left out.'),
    tls: z
      .object({
        mode: z.enum(['SIMPLE', 'MUTUAL', 'PASSTHROUGH']),
        secretName: z.string().optional().describe('TLS Secret in the gateway namespace of the mesh.'),
        issuer: z
          .enum(['Mesh'])
          .optional()
          .describe('Mesh: the zone issues and rotates the certificate from the shared root.'),
      })
      .optional(),
    httpsRedirect: z.boolean().optional(),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "self.protocol != 'HTTPS' || has(self.tls)",
        message: 'an HTTPS port needs tls: give mode, and secretName or issuer: Mesh',
        fieldPath: '.tls',
      },
      {
        rule: "!has(self.tls) || self.tls.mode == 'PASSTHROUGH' || has(self.tls.secretName) || has(self.tls.issuer)",
        message: 'tls needs secretName or issuer: Mesh, unless mode is PASSTHROUGH',
      },
    ],
  });

const spec = z.object({
  mesh: z.string().min(1),
  hosts: z
    .array(host)
    .min(1)
    .max(64)
    .describe(
      'Fully qualified names, also with a wildcard as the first label. The first that is not a wildcard is the destination.',
    ),
  ports: z
    .array(port)
    .min(1)
    .max(32)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  backend: z
    .object({
      service: z.object({ name: serviceName }),
      selector: labelMap.describe('Labels of the pods; at least one.'),
    })
    .describe('The application tier.'),
  gateway: z
    .object({
      selector: labelMap.default({ istio: 'ingressgateway' }),
      address: z
        .object({ mode: z.enum(['Dedicated', 'Shared']).default('Shared'), pool: z.string().optional() })
        .prefault({}),
    })
    .prefault({}),
  placement: z
    .object({
      zones: z.array(zoneName).min(1).max(64).optional().describe('Every cluster of these zones.'),
      clusters: z
        .array(z.string().min(1))
        .min(1)
        .max(1000)
        .optional()
        .describe('These clusters, and the gateway cluster of each of their zones.'),
    })
    .meta({
      'x-kubernetes-validations': [
        { rule: 'has(self.zones) != has(self.clusters)', message: 'name the targets in one way: zones or clusters' },
      ],
    }),
  runtime: z
    .object({
      locality: z
        .object({
          localPercent: z.int().min(1).max(100).optional(),
          remote: z.enum(['Nearest', 'All']).default('Nearest'),
          failoverOrder: z.array(zoneName).max(64).default([]),
        })
        .prefault({}),
      outlierDetection: z
        .object({
          consecutive5xxErrors: z.int().min(0).default(5),
          interval: duration.default('1s'),
          baseEjectionTime: duration.default('30s'),
        })
        .prefault({}),
    })
    .prefault({}),
  exportTo: z.array(exportTarget).max(64).default([]),
  paused: z.boolean().default(false),
});

const clusterStatus = z.object({
  cluster: z.string(),
  zone: z.string(),
  revision: z.string().optional(),
  phase: z.string().optional(),
  vip: z.string().optional(),
  fqdn: z.string().optional(),
  gatewayAddress: z.string().optional().describe('Web-tier address of the zone, as last seen.'),
  certificate: z
    .object({
      installed: z.boolean(),
      serial: z.string().optional(),
      version: z.string().optional(),
      notAfter: z.string().optional(),
    })
    .optional(),
  routeConfigured: z.object({ acked: z.int(), total: z.int(), firstDifference: z.string().optional() }).optional(),
  members: z
    .array(
      z.object({
        zone: z.string(),
        address: z.string(),
        weight: z.int().optional(),
        healthy: z.boolean(),
        observedPercent: z.number().optional(),
        message: z.string().optional(),
      }),
    )
    .optional(),
  observedAt: z.string().optional(),
  message: z.string().optional(),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  conditions,
  currentRevision: z.string().optional(),
  targetRevision: z.string().optional(),
  clusters: z
    .array(clusterStatus)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional(),
});

/** One application's way in, in every zone where it is placed. */
export const accessPointKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'AccessPoint',
  plural: 'accesspoints',
  singular: 'accesspoint',
  shortNames: ['ap'],
  categories: ['flotilla'],
  namespaced: true,
  description:
    "One application's way in: hosts, ports and backend, placed in zones, with traffic kept local and a proven remote path.",
  spec,
  status,
  printerColumns: [
    { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts[0]' },
    { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
    { name: 'Routed', type: 'string', jsonPath: '.status.conditions[?(@.type=="RouteConfigured")].status' },
    { name: 'Available', type: 'string', jsonPath: '.status.conditions[?(@.type=="Available")].status' },
    { name: 'Revision', type: 'string', jsonPath: '.status.currentRevision', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type AccessPoint = ObjectOf<typeof accessPointKind>;
export type AccessPointSpec = z.output<typeof spec>;
export type AccessPointStatus = z.output<typeof status>;
export type AccessPointPort = z.output<typeof port>;
