import { z } from 'zod';
import { conditions, FEDERATION_GROUP, FEDERATION_VERSION } from '../federation/api';
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
    provider: z.enum(['builtin', 'externaldns']).default('builtin'),
    targets: z.array(target).min(1).max(64),
    meshTraffic: z.enum(['Direct', 'ViaGateway']).default('Direct'),
    exportTo: z.array(z.string()).default([]),
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

const status = z.object({
  observedGeneration: z.int().optional(),
  conditions,
  answers: z
    .array(z.object({ clientZone: z.string(), shares: z.record(z.string(), z.number()) }))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['clientZone'] })
    .optional()
    .describe('What each client zone is told: address or name → share of the answers.'),
  targets: z
    .array(
      z.object({
        target: z.string(),
        zone: z.string().optional(),
        address: z.string(),
        healthy: z.boolean(),
        since: z.string().optional(),
        reason: z.string().optional(),
      }),
    )
    .optional(),
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
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type NameService = ObjectOf<typeof nameServiceKind>;
export type NameServiceSpec = z.output<typeof spec>;
export type NameServiceTarget = z.output<typeof target>;
