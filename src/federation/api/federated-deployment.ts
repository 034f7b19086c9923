import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';
import { labelSelector } from './label-selector';
import { placementRules } from './placement-policy';

const operation = z.object({
  op: z
    .enum(['add', 'remove', 'replace', 'move', 'copy', 'test'])
    .describe('test fails the whole patch when the value differs.'),
  path: z.string().describe('JSON pointer (RFC 6901), for example /spec/replicas.'),
  from: z.string().optional().describe('JSON pointer, for move and copy.'),
  value: z.unknown().optional().describe('For add, replace and test.'),
});

const override = z
  .object({
    target: z
      .object({
        clusters: z.array(z.string().min(1)).min(1).optional().describe('These MemberClusters.'),
        zones: z.array(z.string().min(1)).min(1).optional().describe('region/zone'),
        selector: labelSelector.optional().describe('Labels of MemberClusters.'),
      })
      .prefault({})
      .describe('Which clusters; all conditions must hold, none means every cluster.'),
    jsonPatch: z.array(operation).min(1).optional().describe('RFC 6902.'),
    mergePatch: z
      .looseObject({})
      .meta({ 'x-kubernetes-preserve-unknown-fields': true })
      .optional()
      .describe('RFC 7396: null removes a field, lists are replaced.'),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'has(self.jsonPatch) != has(self.mergePatch)', message: 'give either jsonPatch or mergePatch' },
    ],
  });

const spec = z
  .object({
    mesh: z.string().min(1).describe('Mesh whose clusters it goes to.'),
    template: z
      .looseObject({
        metadata: z
          .object({
            labels: z.record(z.string(), z.string()).optional().describe('Labels of the Deployments.'),
            annotations: z.record(z.string(), z.string()).optional().describe('Annotations of the Deployments.'),
          })
          .optional()
          .describe('Metadata of the Deployments beside their name.'),
        spec: z.unknown().describe('Spec of an apps/v1 Deployment.'),
      })
      .meta({ 'x-kubernetes-preserve-unknown-fields': true })
      .describe('An apps/v1 Deployment without its name.'),
    placement: z
      .object({
        policyRef: z
          .object({ name: z.string().min(1).describe('Name of the PlacementPolicy.') })
          .optional()
          .describe('A PlacementPolicy.'),
        rules: placementRules.optional().describe('Rules of its own, as in a PlacementPolicy.'),
      })
      .meta({
        'x-kubernetes-validations': [
          { rule: 'has(self.policyRef) != has(self.rules)', message: 'give either policyRef or rules' },
        ],
      })
      .describe('Where it goes.'),
    overrides: z
      .array(override)
      .max(64)
      .default([])
      .describe('Changes to the Deployment of some clusters, in their order.'),
    paused: z.boolean().default(false).describe('Nothing new is released.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'self.mesh == oldSelf.mesh',
        message: 'a deployment stays in its mesh: create another for the other mesh',
        messageExpression:
          "'a deployment stays in its mesh ' + oldSelf.mesh + ': create another for mesh ' + self.mesh",
        fieldPath: '.mesh',
      },
    ],
  });

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  targetRevision: z.string().optional().describe('Digest of the revision that is being released.'),
  clusters: z
    .array(
      z.object({
        cluster: z.string().describe('Name of the MemberCluster.'),
        zone: z.string().describe('region/zone'),
        revision: z.string().optional().describe('Digest of the revision that the cluster may run.'),
        phase: z.string().optional().describe('Pending, Held, Applied, Failed or Removing.'),
        message: z.string().optional().describe('Why, where there is a reason to say.'),
      }),
    )
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional()
    .describe('One row for each cluster that it goes to or is leaving.'),
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
