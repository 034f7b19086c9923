import { z } from 'zod';
import type { KubeObject } from '../../kube/schema';

/** The fields of core/v1 Secret beside its metadata; values of `data` are base64. */
export const secretFields = z.object({
  type: z.string().optional(),
  data: z.record(z.string(), z.string()).optional(),
  stringData: z.record(z.string(), z.string()).optional(),
});

/** core/v1 Secret. */
export type Secret = KubeObject & z.output<typeof secretFields>;
