import { z } from 'zod';
import type { KubeObject } from '../../kube/schema';

const labels = z.record(z.string(), z.string());

const servicePort = z.object({
  name: z.string().optional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional(),
  appProtocol: z.string().optional(),
  port: z.int(),
  targetPort: z.union([z.int(), z.string()]).optional(),
  nodePort: z.int().optional(),
});

/** core/v1 ServiceSpec, the fields that discovery reads. */
export const serviceSpec = z.object({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).optional(),
  clusterIP: z.string().optional(),
  clusterIPs: z.array(z.string()).optional(),
  externalIPs: z.array(z.string()).optional(),
  externalName: z.string().optional(),
  selector: labels.optional(),
  ports: z.array(servicePort).optional(),
  publishNotReadyAddresses: z.boolean().optional(),
  internalTrafficPolicy: z.string().optional(),
  trafficDistribution: z.string().optional(),
});

/** core/v1 ServiceStatus, the fields that discovery reads. */
export const serviceStatus = z.object({
  loadBalancer: z
    .object({
      ingress: z.array(z.object({ ip: z.string().optional(), hostname: z.string().optional() })).optional(),
    })
    .optional(),
});

export type ServiceSpec = z.output<typeof serviceSpec>;
export type ServicePortSpec = z.output<typeof servicePort>;

/** core/v1 Service. */
export type Service = KubeObject<ServiceSpec, z.output<typeof serviceStatus>>;
