import { z } from 'zod';
import type { KubeObject } from '../../kube/schema';

/** The fields of discovery.k8s.io/v1 EndpointSlice beside its metadata; they stand at the top, not in a spec. */
export const endpointSliceFields = z.object({
  addressType: z.string(),
  ports: z
    .array(
      z.object({
        name: z.string().nullish(),
        port: z.int().nullish(),
        protocol: z.string().nullish(),
        appProtocol: z.string().nullish(),
      }),
    )
    .nullish(),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()),
        conditions: z
          .object({
            ready: z.boolean().nullish(),
            serving: z.boolean().nullish(),
            terminating: z.boolean().nullish(),
          })
          .nullish(),
        hostname: z.string().nullish(),
        nodeName: z.string().nullish(),
        zone: z.string().nullish(),
        targetRef: z
          .object({ kind: z.string().optional(), name: z.string().optional(), namespace: z.string().optional() })
          .nullish(),
      }),
    )
    .nullish(),
});

/** discovery.k8s.io/v1 EndpointSlice. */
export type EndpointSlice = KubeObject & z.output<typeof endpointSliceFields>;
