import { z } from 'zod';

/** A whole object; its kind is the one that the list is for, and its name the access point's when left out. */
const template = z
  .looseObject({
    apiVersion: z.string().optional(),
    kind: z.string().optional(),
    metadata: z
      .object({
        name: z.string().optional(),
        namespace: z.string().optional(),
        labels: z.record(z.string(), z.string()).optional(),
        annotations: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
    spec: z.unknown().optional(),
  })
  .meta({ 'x-kubernetes-preserve-unknown-fields': true });

const templates = z.array(template).max(32).optional();

/** Whole objects that are laid over the generated ones of the same kind and name, or are added beside them. */
export const traffic = z.object({
  gateways: templates,
  virtualServices: templates,
  destinationRules: templates,
  serviceEntries: templates,
  workloadEntries: templates,
  services: templates,
});

export type Traffic = z.output<typeof traffic>;
export type TrafficTemplate = z.output<typeof template>;
