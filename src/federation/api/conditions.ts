import { z } from 'zod';

/** metav1.Condition as a schema; a list of them is a map keyed by type, so that writers own their own entries. */
const condition = z.object({
  type: z.string().max(316).describe('What the condition is about.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Unknown: nothing is known yet, or no longer.'),
  observedGeneration: z.int().min(0).optional().describe('Generation of the object that this was decided for.'),
  lastTransitionTime: z.string().describe('When status changed last.'),
  reason: z.string().max(1024).describe('Why, in one word.'),
  message: z.string().max(32768).describe('Why, for people.'),
});

/** `status.conditions` of every kind. */
export const conditions = z
  .array(condition)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
  .optional()
  .describe('What is true of the object now, one entry for each type.');
