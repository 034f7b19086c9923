import { z } from 'zod';
import type { KubeObject } from '../../kube/schema';

/** core/v1 PodSpec, the fields that discovery reads. */
export const podSpec = z.object({
  nodeName: z.string().optional(),
  hostname: z.string().optional(),
  subdomain: z.string().optional(),
  serviceAccountName: z.string().optional(),
  hostNetwork: z.boolean().optional(),
  containers: z
    .array(
      z.object({
        ports: z
          .array(z.object({ name: z.string().optional(), containerPort: z.int(), protocol: z.string().optional() }))
          .optional(),
      }),
    )
    .optional(),
});

/** core/v1 PodStatus, the fields that discovery reads. */
export const podStatus = z.object({
  phase: z.string().optional(),
  podIP: z.string().optional(),
  podIPs: z.array(z.object({ ip: z.string() })).optional(),
  conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
});

/** core/v1 Pod. */
export type Pod = KubeObject<z.output<typeof podSpec>, z.output<typeof podStatus>>;
