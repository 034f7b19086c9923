import { z } from 'zod';

/** A whole object; its kind is the one that the list is for, and its name the access point's when left out. */
const template = z
  .looseObject({
    apiVersion: z.string().optional().describe('That of the kind when left out.'),
    kind: z.string().optional().describe('That of the list when left out.'),
    metadata: z
      .object({
        name: z.string().optional().describe('Name of the access point when left out.'),
        namespace: z.string().optional().describe('Always that of the access point.'),
        labels: z.record(z.string(), z.string()).optional().describe('Laid over; those of Flotilla stay.'),
        annotations: z.record(z.string(), z.string()).optional().describe('Laid over; those of Flotilla stay.'),
      })
      .optional()
      .describe('What the object is called.'),
    spec: z.unknown().optional().describe('Laid over the generated spec as a merge patch (RFC 7396).'),
  })
  .meta({ 'x-kubernetes-preserve-unknown-fields': true });

const templates = (of: string): z.ZodOptional<z.ZodArray<typeof template>> =>
  z.array(template).max(32).optional().describe(of);

/** Whole objects that are laid over the generated ones of the same kind and name, or are added beside them. */
export const traffic = z.object({
  gateways: templates('Istio Gateways of gateway clusters.'),
  virtualServices: templates('Istio VirtualServices of gateway clusters.'),
  destinationRules: templates('Istio DestinationRules of gateway clusters.'),
  serviceEntries: templates('Istio ServiceEntries of gateway clusters.'),
  workloadEntries: templates('Istio WorkloadEntries of gateway clusters.'),
  services: templates('Services of the clusters that hold the backend.'),
});

export type Traffic = z.output<typeof traffic>;
export type TrafficTemplate = z.output<typeof template>;
