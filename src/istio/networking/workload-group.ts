import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { istioStatus, portNumber, stringMap } from './fields';
import { workload } from './workload-entry';

const probe = z.object({
  initialDelaySeconds: z.int().min(0).optional(),
  timeoutSeconds: z.int().min(0).optional(),
  periodSeconds: z.int().min(0).optional(),
  successThreshold: z.int().min(0).optional(),
  failureThreshold: z.int().min(0).optional(),
  httpGet: z
    .object({
      path: z.string().optional(),
      port: portNumber,
      host: z.string().optional(),
      scheme: z.string().optional(),
      httpHeaders: z.array(z.object({ name: z.string().optional(), value: z.string().optional() })).optional(),
    })
    .optional(),
  tcpSocket: z.object({ host: z.string().optional(), port: portNumber }).optional(),
  exec: z.object({ command: z.array(z.string()).optional() }).optional(),
  grpc: z.object({ port: portNumber.optional(), service: z.string().optional() }).optional(),
});

const spec = z.object({
  metadata: z.object({ labels: stringMap.optional(), annotations: stringMap.optional() }).optional(),
  template: workload,
  probe: probe.optional(),
});

/** networking.istio.io WorkloadGroup: the template of workloads that register themselves. */
export const workloadGroupKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'WorkloadGroup',
  plural: 'workloadgroups',
  singular: 'workloadgroup',
  shortNames: ['wg'],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'A template for the WorkloadEntries of workloads that register themselves.',
  spec,
  status: istioStatus,
  printerColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
});

export type WorkloadGroup = ObjectOf<typeof workloadGroupKind>;
