import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { istioStatus, portNumber, stringMap } from './fields';

/** The fields of one endpoint outside Kubernetes; ServiceEntry.endpoints holds the same. */
export const workload = z.object({
  address: z.string().optional().describe('IP address, host name or unix socket.'),
  ports: z.record(z.string(), portNumber).optional().describe('Port by the name of the ServiceEntry port.'),
  labels: stringMap.optional(),
  network: z.string().optional(),
  locality: z.string().optional().describe('region/zone/subzone'),
  weight: z.int().min(0).optional(),
  serviceAccount: z.string().optional(),
});

/** networking.istio.io WorkloadEntry: one workload outside Kubernetes, or the address of another zone's app tier. */
export const workloadEntryKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'WorkloadEntry',
  plural: 'workloadentries',
  singular: 'workloadentry',
  shortNames: ['we'],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'One workload that Kubernetes does not run, or the address of another zone.',
  spec: workload,
  status: istioStatus,
  printerColumns: [
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Address', type: 'string', jsonPath: '.spec.address' },
  ],
});

export type WorkloadEntry = ObjectOf<typeof workloadEntryKind>;
export type WorkloadEntrySpec = z.output<typeof workload>;
