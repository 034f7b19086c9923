import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';
import { rolloutStrategy } from './rollout-policy';

const gateName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/(before|after)$/);

const spec = z.object({
  owner: z
    .object({
      kind: z.enum(['AccessPoint', 'NameService', 'FederatedDeployment']).describe('Kind of the owner.'),
      name: z.string().describe('Name of the owner, in this namespace.'),
    })
    .describe('Whose revision is released.'),
  revision: z.string().describe('Digest of the revision that is released.'),
  number: z.int().min(1).describe('Number of that revision.'),
  author: z.string().optional().describe('Who changed the intent, as far as that is known.'),
  strategy: rolloutStrategy.prefault({}).describe('As it was when the rollout began.'),
  paused: z.boolean().default(false).describe('Nothing more is released while this is set; what is released stays.'),
  goal: z
    .enum(['Release', 'Abort', 'Rollback'])
    .default('Release')
    .describe('Abort: stop for good, what is released stays. Rollback: give every touched cluster back what it had.'),
  promoteFully: z.boolean().default(false).describe('Gates are passed without waiting.'),
  skippedGates: z.array(gateName).max(64).default([]).describe('`stage/before` or `stage/after`.'),
  skippedClusters: z.array(z.string()).max(1000).default([]).describe('Clusters that are not waited for.'),
});

const clusterProgress = z.object({
  cluster: z.string().describe('Name of the MemberCluster.'),
  zone: z.string().describe('region/zone'),
  stage: z.string().optional().describe('Stage that takes the cluster.'),
  state: z
    .enum(['Pending', 'Held', 'Releasing', 'Done', 'Failed', 'Skipped', 'Removing', 'Restored'])
    .describe('Held: it cannot be released to now, because it is paused or its zone is away.'),
  message: z.string().optional().describe('Why it is in this state.'),
  from: z.string().optional().describe('Digest of the revision that the cluster ran before; absent when it ran none.'),
  releasedAt: z.string().optional().describe('When the revision was released to it.'),
});

const stageProgress = z.object({
  name: z.string().describe('Name of the stage.'),
  state: z.enum(['Pending', 'Waiting', 'Releasing', 'Done']).describe('Waiting: at one of its gates.'),
  message: z.string().optional().describe('What is waited for.'),
  gate: z.enum(['before', 'after']).optional().describe('Gate that is waited at, for approvals.'),
  startedAt: z.string().optional().describe('When the stage was reached.'),
  completedAt: z.string().optional().describe('When its last cluster was done; soaking counts from here.'),
  checksPassSince: z.string().optional().describe('Since when every check of its gate is within bounds.'),
});

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  phase: z
    .enum([
      'Progressing',
      'Waiting',
      'Paused',
      'Held',
      'Failed',
      'Aborted',
      'RollingBack',
      'RolledBack',
      'Complete',
      'Superseded',
    ])
    .optional()
    .describe('Where the release stands.'),
  message: z.string().optional().describe('Why, for people.'),
  startedAt: z.string().optional().describe('When it began.'),
  finishedAt: z.string().optional().describe('When it ended, however it ended.'),
  conditions,
  stages: z
    .array(stageProgress)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .optional()
    .describe('Every stage, in its order.'),
  clusters: z
    .array(clusterProgress)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional()
    .describe('In order of release.'),
});

/** The ordered, gated release of one revision, cluster by cluster. Made by the hub; `spec` is also how people steer it. */
export const rolloutKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'Rollout',
  plural: 'rollouts',
  singular: 'rollout',
  shortNames: ['fro'],
  categories: ['flotilla'],
  namespaced: true,
  description: 'The ordered, gated release of one revision, cluster by cluster; made by the hub.',
  spec,
  status,
  printerColumns: [
    { name: 'Owner', type: 'string', jsonPath: '.spec.owner.name' },
    { name: 'Number', type: 'integer', jsonPath: '.spec.number' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Message', type: 'string', jsonPath: '.status.message', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type Rollout = ObjectOf<typeof rolloutKind>;
export type RolloutSpec = z.output<typeof spec>;
export type RolloutStatus = z.output<typeof status>;
export type RolloutClusterProgress = z.output<typeof clusterProgress>;
export type RolloutStageProgress = z.output<typeof stageProgress>;
