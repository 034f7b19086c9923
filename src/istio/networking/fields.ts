import { z } from 'zod';
import { DURATION_PATTERN } from '../duration';

/** A duration as Go writes it; read it with `parseDurationMs`. */
export const duration = z.string().regex(new RegExp(DURATION_PATTERN));

/** A port number, 1 to 65535. */
export const portNumber = z.int().min(1).max(65535);

/** Labels or string maps. */
export const stringMap = z.record(z.string(), z.string());

/** `exportTo`: namespaces, `.` for the object's own, `*` for all, `~` for none. */
export const exportTo = z.array(z.string()).optional();

/** Istio's StringMatch; without any of the three it means "is there" where the field says so. */
export const stringMatch = z
  .object({ exact: z.string().optional(), prefix: z.string().optional(), regex: z.string().optional() })
  .meta({ maxProperties: 1 });

/** Istio's Port, as in Gateway servers and Sidecar listeners. */
export const port = z.object({
  number: portNumber,
  protocol: z.string(),
  name: z.string(),
  targetPort: portNumber.optional(),
});

/** Istio's Percent. */
export const percent = z.object({ value: z.number().min(0).max(100).optional() });

/** A list of workload labels that must all be there. */
export const workloadSelector = z.object({ labels: stringMap.optional() });

/** One entry of `status.conditions`, Istio's own form (not metav1.Condition: the times are optional). */
const istioCondition = z.object({
  type: z.string(),
  status: z.string(),
  lastProbeTime: z.string().optional(),
  lastTransitionTime: z.string().optional(),
  observedGeneration: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** The status that every Istio kind carries. */
export const istioStatus = z.object({
  conditions: z.array(istioCondition).optional(),
  observedGeneration: z.union([z.int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true }).optional(),
});

export type StringMatch = z.output<typeof stringMatch>;
