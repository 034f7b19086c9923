import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';
import { labelSelector } from './label-selector';

const duration = z.string().regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/);

const task = z
  .object({
    approval: z.object({}).optional().describe('A RolloutApproval by a person.'),
    soak: z
      .object({ duration: duration.describe('For example 10m.') })
      .optional()
      .describe('Time that must pass.'),
    check: z
      .object({
        metric: z
          .enum(['failedClusters', 'unhealthyMembersPercent', 'unacknowledgedProxies'])
          .describe('What is measured, from what zones report.'),
        max: z.number().min(0).describe('The check passes up to this.'),
        window: duration.optional().describe('How long the metric must have stayed within bounds.'),
      })
      .optional()
      .describe('A measurement that must be within bounds.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: '[has(self.approval), has(self.soak), has(self.check)].filter(kind, kind).size() == 1',
        message: 'a task is exactly one of approval, soak or check',
      },
    ],
  });

const stage = z
  .object({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
      .describe('Name of the stage, by which approvals refer to it.'),
    selector: labelSelector.optional().describe('MemberClusters with these labels.'),
    clusters: z.array(z.string().min(1)).min(1).optional().describe('These MemberClusters.'),
    count: z.int().min(1).optional().describe('So many of the clusters that are left.'),
    percent: z.int().min(1).max(100).optional().describe('So many percent of all clusters, at least one.'),
    order: z
      .enum(['ByZone', 'ByName'])
      .default('ByZone')
      .describe('In which order the clusters of the stage follow one another.'),
    maxConcurrency: z.int().min(1).max(1000).default(1).describe('Clusters that may be under way at once.'),
    before: z
      .array(task)
      .max(8)
      .default([])
      .describe('Gate before the first cluster of the stage; all tasks must pass.'),
    after: z.array(task).max(8).default([]).describe('Gate after its last cluster.'),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: '[has(self.selector), has(self.clusters), has(self.count), has(self.percent)].filter(way, way).size() <= 1',
        message:
          'a stage names its clusters in one way: selector, clusters, count or percent; none means all that are left',
      },
    ],
  });

/** How a revision is released: stages with gates. The clusters that no stage takes come last, one after another. */
export const rolloutStrategy = z.object({
  stages: z
    .array(stage)
    .max(32)
    .default([])
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .describe('In this order. Without any: one canary cluster, then one after another.'),
  progressDeadline: duration.optional().describe('A cluster that is under way for longer counts as failed.'),
  maxFailures: z.int().min(0).default(0).describe('So many clusters may fail before the rollout stops.'),
  onFailure: z
    .enum(['Pause', 'Rollback'])
    .default('Pause')
    .describe('Rollback: every touched cluster gets back what it had.'),
  bakeTime: duration.optional().describe('Time between the last cluster and the end of the rollout.'),
  separateApprover: z.boolean().default(false).describe('The author of a change cannot approve it.'),
});

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  owners: z.int().min(0).optional().describe('How many access points and name services refer to it.'),
});

/** A way of releasing changes that several access points share. */
export const rolloutPolicyKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'RolloutPolicy',
  plural: 'rolloutpolicies',
  singular: 'rolloutpolicy',
  shortNames: ['frp'],
  categories: ['flotilla'],
  namespaced: false,
  description: 'A way of releasing changes, stage by stage with gates, that access points refer to.',
  spec: rolloutStrategy,
  status,
  printerColumns: [
    { name: 'Stages', type: 'string', jsonPath: '.spec.stages[*].name' },
    { name: 'On Failure', type: 'string', jsonPath: '.spec.onFailure' },
    { name: 'Owners', type: 'integer', jsonPath: '.status.owners' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type RolloutPolicy = ObjectOf<typeof rolloutPolicyKind>;
export type RolloutStrategy = z.output<typeof rolloutStrategy>;
export type RolloutStage = z.output<typeof stage>;
export type RolloutTask = z.output<typeof task>;
