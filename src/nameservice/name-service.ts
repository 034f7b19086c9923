import { z } from 'zod';
import { conditions, FEDERATION_GROUP, FEDERATION_VERSION, rolloutStrategy } from '../federation/api';
import { defineKind, type ObjectOf } from '../kube/schema';

const fqdn = z
  .string()
  .max(253)
  .regex(/^([A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/);

const target = z
  .object({
    fqdn: fqdn.optional().describe('A name elsewhere, or the host of an AccessPoint or NameService of this hub.'),
    accessPointRef: z
      .object({ name: z.string().min(1), namespace: z.string().optional() })
      .optional()
      .describe('An AccessPoint; the answers are the gateway addresses of the zones where it is placed.'),
    ratio: z
      .int()
      .min(0)
      .max(1000)
      .optional()
      .describe('Share under dnsPolicy Ratio; relative to the sum of all ratios.'),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'has(self.fqdn) != has(self.accessPointRef)', message: 'give exactly one of fqdn and accessPointRef' },
    ],
  });

const port = z.object({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/),
  number: z.int().min(1).max(65535),
  protocol: z.enum(['HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'TCP', 'TLS']).default('HTTP'),
});

const spec = z
  .object({
    mesh: z.string().min(1),
    fqdn: fqdn.describe('The global name.'),
    ttlSeconds: z.int().min(1).max(86400).default(30),
    dnsPolicy: z
      .enum(['RoundRobin', 'Locality', 'Ratio'])
      .default('Locality')
      .describe(
        'RoundRobin: all healthy; Locality: the client zone, with a proven remote share; Ratio: by target ratio.',
      ),
    healthCheck: z
      .object({
        port: z.int().min(1).max(65535),
        path: z.string().startsWith('/').optional(),
        protocol: z.enum(['TCP', 'HTTP', 'HTTPS', 'GRPC']).default('TCP'),
        intervalSeconds: z.int().min(1).max(3600).default(5),
        timeoutSeconds: z.int().min(1).max(60).default(2),
        failureThreshold: z.int().min(1).max(100).default(3),
        successThreshold: z.int().min(1).max(100).default(1),
      })
      .optional(),
    ports: z
      .array(port)
      .min(1)
      .max(32)
      .optional()
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe('Ports of the name inside the mesh; those of the first AccessPoint among the targets when left out.'),
    provider: z
      .enum(['builtin', 'externaldns'])
      .default('builtin')
      .describe(
        'Who answers outside the mesh: the zones themselves, or external-dns, which reads DNSEndpoint objects.',
      ),
    targets: z.array(target).min(1).max(64),
    meshTraffic: z
      .enum(['Direct', 'ViaGateway'])
      .default('Direct')
      .describe("Direct: to the targets' app tiers, past the gateways; ViaGateway: as clients outside the mesh go."),
    rollout: z
      .object({
        policyRef: z.object({ name: z.string().min(1) }).optional(),
        inline: rolloutStrategy.optional(),
      })
      .optional()
      .meta({
        'x-kubernetes-validations': [
          { rule: '!has(self.policyRef) || !has(self.inline)', message: 'give either policyRef or inline' },
        ],
      })
      .describe('How a change is released; one cluster after another when left out.'),
    exportTo: z.array(z.string()).default([]),
    paused: z.boolean().default(false).describe('Nothing new is released; facts still flow.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "self.dnsPolicy != 'Ratio' || (self.targets.all(t, has(t.ratio)) && self.targets.exists(t, t.ratio > 0))",
        message: 'dnsPolicy Ratio needs a ratio on every target, and one of them above 0',
        fieldPath: '.targets',
      },
    ],
  });

const targetStatus = z.object({
  target: z.string().describe('`namespace/name` of an AccessPoint, or the fqdn.'),
  zone: z.string().optional(),
  address: z.string(),
  healthy: z.boolean().describe('False when most of the zones that report find it dead.'),
  since: z.string().optional().describe('Since when, as the first of those zones saw it.'),
  reason: z.string().optional(),
  unhealthyFrom: z.array(z.string()).optional().describe('Zones that find it dead, also when they are few.'),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  conditions,
  fqdn: z.string().optional().describe('The name that was accepted last; it stays with whom it was given to.'),
  currentRevision: z.string().optional().describe('Digest of the revision that every cluster runs.'),
  targetRevision: z.string().optional().describe('Digest of the revision that is being released.'),
  clusters: z
    .array(
      z.object({
        cluster: z.string(),
        zone: z.string(),
        revision: z.string().optional().describe('Digest of the revision that the cluster may run.'),
        phase: z.string().optional(),
        message: z.string().optional(),
      }),
    )
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional(),
  answers: z
    .array(z.object({ clientZone: z.string(), shares: z.record(z.string(), z.number()) }))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['clientZone'] })
    .optional()
    .describe('What each client zone is told: address or name → share of the answers.'),
  targets: z.array(targetStatus).optional(),
  ratios: z
    .array(z.object({ target: z.string(), wanted: z.number(), effective: z.number() }))
    .optional()
    .describe('Per target under Ratio: the share that was asked for, and the share of the answers now.'),
  leaving: z
    .array(z.object({ cluster: z.string(), target: z.string(), until: z.string() }))
    .optional()
    .describe('What DNS no longer tells, but the mesh keeps until caches have forgotten it.'),
  errors: z.array(z.string()).optional(),
});

/** One global name over several targets, answered by DNS and, inside the mesh, by a ServiceEntry of the same name. */
export const nameServiceKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'NameService',
  plural: 'nameservices',
  singular: 'nameservice',
  shortNames: ['ns8'],
  categories: ['flotilla'],
  namespaced: true,
  description: 'One global name over several targets, by DNS and inside the mesh.',
  spec,
  status,
  printerColumns: [
    { name: 'FQDN', type: 'string', jsonPath: '.spec.fqdn' },
    { name: 'Policy', type: 'string', jsonPath: '.spec.dnsPolicy' },
    { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Rolled Out', type: 'string', jsonPath: '.status.conditions[?(@.type=="RolloutComplete")].status' },
    { name: 'Provider', type: 'string', jsonPath: '.spec.provider', priority: 1 },
    { name: 'Revision', type: 'string', jsonPath: '.status.currentRevision', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type NameService = ObjectOf<typeof nameServiceKind>;
export type NameServiceSpec = z.output<typeof spec>;
export type NameServiceStatus = z.output<typeof status>;
export type NameServiceTarget = z.output<typeof target>;
