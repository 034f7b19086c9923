import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { exportTo, istioStatus, portNumber, workloadSelector } from './fields';
import { workload } from './workload-entry';

const servicePort = z.object({
  number: portNumber,
  protocol: z.string().optional(),
  name: z.string(),
  targetPort: portNumber.optional(),
});

const spec = z.object({
  hosts: z.array(z.string()).min(1),
  addresses: z.array(z.string()).optional(),
  ports: z.array(servicePort).optional(),
  location: z.enum(['MESH_EXTERNAL', 'MESH_INTERNAL']).optional().describe('MESH_EXTERNAL when left out.'),
  resolution: z
    .enum(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'])
    .optional()
    .describe('NONE when left out.'),
  endpoints: z.array(workload).optional(),
  workloadSelector: workloadSelector.optional(),
  exportTo,
  subjectAltNames: z.array(z.string()).optional(),
});

/** networking.istio.io ServiceEntry: a host with its ports, and where its endpoints come from. */
export const serviceEntryKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'ServiceEntry',
  plural: 'serviceentries',
  singular: 'serviceentry',
  shortNames: ['se'],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'A host that the mesh can call: its ports and where its endpoints come from.',
  spec,
  status: istioStatus,
  printerColumns: [
    { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts' },
    { name: 'Location', type: 'string', jsonPath: '.spec.location' },
    { name: 'Resolution', type: 'string', jsonPath: '.spec.resolution' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type ServiceEntry = ObjectOf<typeof serviceEntryKind>;
export type ServiceEntrySpec = z.output<typeof spec>;
