import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';

const spec = z.object({
  owner: z.object({ kind: z.enum(['AccessPoint', 'NameService']), name: z.string() }),
  revision: z.string().describe('Digest of the revision that is released.'),
  number: z.int().min(1).describe('Number of that revision.'),
  paused: z.boolean().default(false).describe('Nothing more is released while this is set; what is released stays.'),
});

const clusterProgress = z.object({
  cluster: z.string(),
  zone: z.string(),
  state: z.enum(['Pending', 'Held', 'Releasing', 'Done', 'Failed', 'Removing']),
  message: z.string().optional(),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  phase: z.enum(['Progressing', 'Paused', 'Held', 'Failed', 'Complete', 'Superseded']).optional(),
  message: z.string().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  conditions,
  clusters: z
    .array(clusterProgress)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['cluster'] })
    .optional()
    .describe('In order of release.'),
});

/** The ordered, gated release of one revision, cluster by cluster. Made by the hub; `spec.paused` is for people. */
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
