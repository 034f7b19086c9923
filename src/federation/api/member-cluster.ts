import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { conditions } from './conditions';
import { FEDERATION_GROUP, FEDERATION_VERSION } from './group';

const name = z.string().regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);

const spec = z
  .object({
    region: name.describe('As the nodes are labelled with topology.kubernetes.io/region.'),
    zone: name.describe('As the nodes are labelled with topology.kubernetes.io/zone.'),
    role: z.enum(['Gateway', 'Workload']).describe('Gateway clusters run the primary and the gateways of their zone.'),
    meshes: z.array(z.string()).min(1).describe('Environments that this cluster takes part in.'),
    network: z.string().optional().describe('Istio network of its pods.'),
    clientNetworks: z
      .array(z.string().regex(/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/))
      .max(256)
      .optional()
      .describe('CIDRs of the clients of this zone: DNS answers them as it answers the zone itself.'),
    apiServer: z
      .string()
      .optional()
      .describe('Address of the API server; the kubeconfig in credentialsSecretRef has the last word.'),
    credentialsSecretRef: z
      .object({ name: z.string().describe('Name of the Secret.') })
      .optional()
      .describe('Secret in flotilla-system on the hub with a kubeconfig. Only gateway clusters need one.'),
    taints: z
      .array(
        z.object({
          key: z.string().describe('Name of the taint.'),
          value: z.string().optional().describe('Tolerations may ask for it.'),
          effect: z
            .enum(['NoSchedule', 'NoExecute'])
            .describe('NoSchedule keeps newcomers away; NoExecute sends away who is there.'),
        }),
      )
      .default([])
      .describe('Keep away what does not tolerate them.'),
    paused: z.boolean().default(false).describe('No intent changes reach a paused cluster; facts still flow.'),
    certificateChains: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'Only in the copy in the gateway cluster, written by the hub: mesh → chain of the zone intermediate (intermediate first, root last, PEM).',
      ),
    trustBundles: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'Only in the copy, written by the hub: mesh → every root that the zone is to trust (PEM). Left out, the root of the chain alone; two roots while one is being replaced.',
      ),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'self.region == oldSelf.region && self.zone == oldSelf.zone',
        message: 'a cluster stays in its zone: delete this MemberCluster and create another',
        fieldPath: '.zone',
      },
      {
        rule: 'self.role == oldSelf.role',
        message: 'a cluster keeps its role: delete this MemberCluster and create another',
        fieldPath: '.role',
      },
    ],
  });

const facts = z.object({
  gatewayAddresses: z
    .array(
      z.object({
        mesh: z.string().describe('Mesh of the gateways.'),
        address: z.string().describe('Where they are reached.'),
        hostname: z.string().optional().describe('Given by load balancers that have no address.'),
      }),
    )
    .default([])
    .describe('Where the shared gateways of each mesh are reached.'),
  nodeLocalities: z.array(z.string()).default([]).describe('Distinct region/zone labels of the nodes.'),
  gatewaysWithoutLocality: z
    .array(z.string())
    .default([])
    .describe('Gateway pods on nodes without locality labels (R6).'),
  primary: z
    .enum(['flotilla', 'istiod'])
    .optional()
    .describe("Who serves the zone's proxies: Flotilla's pilot, or an upstream istiod. Gateway clusters only."),
  namespaces: z.int().optional().describe('How many namespaces there are.'),
  observedAt: z.string().optional().describe('When the zone looked.'),
});

const certificates = z.object({
  trustedRoots: z.array(z.string()).describe('SHA-256 fingerprints of the roots that the zone hands out, sorted.'),
  trustedSince: z.string().describe('Since when exactly these.'),
  issuerRoot: z.string().describe('SHA-256 fingerprint of the root that its chain ends in.'),
  issuerSince: z.string().describe('Since when it issues under that root.'),
  notAfter: z.string().describe('When the intermediate ends.'),
});

const status = z.object({
  observedGeneration: z.int().optional().describe('Generation that this status is about.'),
  conditions,
  lastContact: z.string().optional().describe('When the hub last heard of it.'),
  version: z.string().optional().describe('Kubernetes version.'),
  facts: facts.optional().describe('What the zone observed.'),
  counts: z
    .object({
      bundles: z.int().describe('Bundles for this cluster.'),
      applied: z.int().describe('Of them, applied as they are.'),
      failed: z.int().describe('Of them, refused.'),
    })
    .optional()
    .describe('Bundles by what became of them.'),
  certificateRequests: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'Only in the copy: mesh → signing request (PEM) for the zone intermediate. The key never leaves the zone.',
    ),
  certificates: z
    .record(z.string(), certificates)
    .optional()
    .describe('Only in the copy: mesh → whom the zone trusts and under which root it issues.'),
});

/** One Kubernetes cluster of the fleet. */
export const memberClusterKind = defineKind({
  group: FEDERATION_GROUP,
  version: FEDERATION_VERSION,
  kind: 'MemberCluster',
  plural: 'memberclusters',
  singular: 'membercluster',
  shortNames: ['mc'],
  categories: ['flotilla'],
  namespaced: false,
  description:
    'One Kubernetes cluster of the fleet: where it stands, its role, how the hub reaches it, what was observed there.',
  spec,
  status,
  printerColumns: [
    { name: 'Region', type: 'string', jsonPath: '.spec.region' },
    { name: 'Zone', type: 'string', jsonPath: '.spec.zone' },
    { name: 'Role', type: 'string', jsonPath: '.spec.role' },
    { name: 'Reachable', type: 'string', jsonPath: '.status.conditions[?(@.type=="Reachable")].status' },
    { name: 'Synced', type: 'string', jsonPath: '.status.conditions[?(@.type=="Synced")].status' },
    { name: 'Primary', type: 'string', jsonPath: '.status.facts.primary', priority: 1 },
    { name: 'Last Contact', type: 'date', jsonPath: '.status.lastContact', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type MemberCluster = ObjectOf<typeof memberClusterKind>;
export type MemberClusterSpec = z.output<typeof spec>;
export type MemberClusterFacts = z.output<typeof facts>;
