import { z } from 'zod';
import { labelSelector } from '../../federation/api';
import { zoneName } from './fields';

/** Where an access point goes; exactly one way of saying it. */
export const placement = z
  .object({
    zones: z.array(zoneName).min(1).max(64).optional().describe('Every cluster of these zones.'),
    clusters: z
      .array(z.string().min(1))
      .min(1)
      .max(1000)
      .optional()
      .describe('These clusters, and the gateway cluster of each of their zones.'),
    clusterSelector: labelSelector
      .optional()
      .describe('MemberClusters with these labels; an empty selector means all.'),
    policyRef: z
      .object({ name: z.string().min(1).describe('Name of the PlacementPolicy.') })
      .optional()
      .describe('A PlacementPolicy.'),
    workloadRef: z
      .object({
        apiVersion: z.string().min(1).optional().describe('Not looked at: the kind says it.'),
        kind: z.string().min(1).describe('FederatedDeployment, ResourceBinding or PlacementDecision.'),
        name: z.string().min(1).describe('Name of the object, in the namespace of the access point.'),
      })
      .optional()
      .describe(
        'The clusters of a workload: a FederatedDeployment, a Karmada ResourceBinding or an OCM PlacementDecision.',
      ),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: '[has(self.zones), has(self.clusters), has(self.clusterSelector), has(self.policyRef), has(self.workloadRef)].filter(way, way).size() == 1',
        message: 'name the targets in exactly one way: zones, clusters, clusterSelector, policyRef or workloadRef',
      },
    ],
  });

export type AccessPointPlacement = z.output<typeof placement>;
