import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';
import { labelSelector } from './label-selector';

const zoneName = z
  .string()
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);

const toleration = z.object({
  key: z.string().optional().describe('Every taint when left out.'),
  operator: z.enum(['Equal', 'Exists']).default('Equal').describe('Exists: whatever the value of the taint.'),
  value: z.string().optional().describe('Value of the taint, for Equal.'),
  effect: z.enum(['NoSchedule', 'NoExecute']).optional().describe('Both when left out.'),
});

const spread = z.object({
  topologyKey: z.string().min(1).describe('`region`, `zone`, or a label of MemberClusters.'),
  maxClusters: z.int().min(1).describe('So many clusters for each value of the key.'),
});

/** Which clusters: names beat selectors; an empty selector is all; nothing is none. */
export const placementRules = z.object({
  clusters: z.array(z.string().min(1)).max(1000).optional().describe('These clusters, whatever the other rules say.'),
  clusterSelector: labelSelector.optional().describe('MemberClusters with these labels; an empty selector means all.'),
  zones: z.array(zoneName).max(64).optional().describe('Only clusters in these zones.'),
  tolerations: z.array(toleration).max(64).default([]).describe('Taints that do not keep things away.'),
  spread: z.array(spread).max(8).default([]).describe('Limits for each value of a topology key; all hold together.'),
  maxClusters: z.int().min(1).optional().describe('At most so many clusters. What was chosen before stays.'),
});

/** As many names as a status lists; the count beside them is always whole. */
export const MAX_CHOSEN_CLUSTERS = 100;

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  clusterCount: z.int().min(0).optional().describe('How many clusters it chooses from now.'),
  clusters: z
    .array(z.string().describe('Name of a MemberCluster.'))
    .max(MAX_CHOSEN_CLUSTERS)
    .optional()
    .describe(
      'Clusters where something new may go by these rules now, the first by name. maxClusters and spread limit how many of them each owner gets.',
    ),
});

/** Which clusters things go to; shared by access points and deployments that refer to it. */
export const placementPolicyKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'PlacementPolicy',
  plural: 'placementpolicies',
  singular: 'placementpolicy',
  shortNames: ['fpp'],
  categories: ['flotilla'],
  namespaced: false,
  description: 'Which clusters things go to: names, selectors, zones, tolerations, spread.',
  spec: placementRules,
  status,
  printerColumns: [
    { name: 'Clusters', type: 'integer', jsonPath: '.status.clusterCount' },
    { name: 'Max', type: 'integer', jsonPath: '.spec.maxClusters' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Zones', type: 'string', jsonPath: '.spec.zones', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type PlacementPolicy = ObjectOf<typeof placementPolicyKind>;
export type PlacementRules = z.output<typeof placementRules>;
export type Toleration = z.output<typeof toleration>;
