import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';
import { labelSelector } from './label-selector';
import { placementRules } from './placement-policy';

const operation = z.object({
  op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: z.string(),
  from: z.string().optional(),
  value: z.unknown().optional(),
});

const override = z
  .object({
    target: z
      .object({
        clusters: z.array(z.string().min(1)).min(1).optional(),
        zones: z.array(z.string().min(1)).min(1).optional(),
        selector: labelSelector.optional(),
      })
      .prefault({}),
    jsonPatch: z.array(operation).min(1).optional(),
    mergePatch: z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true }).optional(),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'has(self.jsonPatch) != has(self.mergePatch)', message: 'give either jsonPatch or mergePatch' },
    ],
  });

const spec = z.object({
  mesh: z.string().min(1),
  template: z
    .looseObject({
      metadata: z
        .object({
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.string()).optional(),
        })
        .optional(),
      spec: z.unknown(),
    })
    .meta({ 'x-kubernetes-preserve-unknown-fields': true })
    .describe('An apps/v1 Deployment without its name.'),
  placement: z
    .object({ policyRef: z.object({ name: z.string().min(1) }).optional(), rules: placementRules.optional() })
    .meta({
      'x-kubernetes-validations': [
        { rule: 'has(self.policyRef) != has(self.rules)', message: 'give either policyRef or rules' },
      ],
    }),
  overrides: z.array(override).max(64).default([]),
  paused: z.boolean().default(false).describe('Nothing new is released.'),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  conditions,
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
});

/** A workload in several clusters; access points that refer to it go where it goes. */
export const federatedDeploymentKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'FederatedDeployment',
  plural: 'federateddeployments',
  singular: 'federateddeployment',
  shortNames: ['fdep'],
  categories: ['flotilla'],
  namespaced: true,
  description: 'A Deployment in several clusters; access points that refer to it go where it goes.',
  spec,
  status,
  printerColumns: [
    { name: 'Mesh', type: 'string', jsonPath: '.spec.mesh' },
    { name: 'Placed', type: 'string', jsonPath: '.status.conditions[?(@.type=="Placed")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type FederatedDeployment = ObjectOf<typeof federatedDeploymentKind>;
export type FederatedDeploymentSpec = z.output<typeof spec>;
export type FederatedDeploymentStatus = z.output<typeof status>;
